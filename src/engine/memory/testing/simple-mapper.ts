import { parseGeoPoint } from '../../../core/geo-point.ts'
import { isJsonObject, type JsonValue } from '../../../core/json.ts'
import { parseJsonExact } from '../../../core/parse-json.ts'
import { DEFAULT_QUERY_LIMITS, isText, type BindContext } from '../../../query/bind/context.ts'
import { isScalar, termValue } from '../../../query/bind/term.ts'
import type { DocumentMapper, IndexSchema, MappedValues } from '../../engine.ts'

/** Maps documents by the fields that an index has already; learns none. Every path may also be a multi-field of one. */
export const simpleMapper: DocumentMapper = (index, { source, document }, out) => {
  const context = contextOf(index, 0)
  const visit = (value: JsonValue | undefined, path: string): void => {
    if (value === undefined || value === null) return
    const fields = index.fields.all().filter((field) => field.path === path || field.path.replace(/\.[^.]+$/, '') === path)
    const isPoint = fields.some(({ type }) => type === 'geo_point')
    if (Array.isArray(value) && !(isPoint && typeof value[0] === 'number')) {
      for (const entry of value as readonly JsonValue[]) visit(entry, path)
    } else if (isJsonObject(value) && !isPoint) {
      for (const [name, member] of Object.entries(value)) visit(member, path === '' ? name : `${path}.${name}`)
    } else for (const field of fields) if (!isJsonObject(value) || isPoint) add(field, value, out, context)
  }
  visit(document ?? parseJsonExact(new TextDecoder().decode(source)), '')
}

function add(
  field: ReturnType<IndexSchema['fields']['all']>[number],
  value: JsonValue,
  out: MappedValues,
  context: BindContext,
): void {
  if (field.type === 'geo_point') {
    out.add(field, parseGeoPoint(value))
    return
  }
  if (!isScalar(value)) return
  const typed = isText(field) ? String(value) : termValue(field, value, context)
  if (typeof typed === 'string' && field.parameters.ignoreAbove !== undefined && typed.length > field.parameters.ignoreAbove)
    return
  if (typed !== undefined) out.add(field, typed)
}

/** What queries on an index are bound to. */
export function contextOf({ name, uuid, fields, analysis }: IndexSchema, now: number): BindContext {
  return { index: { name, uuid }, fields, analysis, now, limits: DEFAULT_QUERY_LIMITS, defaultFields: ['*'] }
}
