import type { RefreshPolicy } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { SourceFilter, SourceSelection } from '../../index/documents/source-filter.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { QueryParams } from '../http/query-params.ts'

/** `refresh`, alone or with a value. @throws ElkhornError 400 */
export function refreshPolicy(query: QueryParams): RefreshPolicy {
  const value = query.text('refresh')
  if (value === undefined || value === 'false') return 'false'
  if (value === '' || value === 'true') return 'true'
  if (value === 'wait_for') return 'wait_for'
  throw illegalArgument(`Unknown value for refresh: [${value}].`)
}

/** `_source`, `_source_includes`, `_source_excludes` of a URL; `undefined` when none of them was given. */
export function sourceParams(query: QueryParams): SourceSelection | undefined {
  const includes = [...query.list('_source_includes'), ...query.list('_source_include')]
  const excludes = [...query.list('_source_excludes'), ...query.list('_source_exclude')]
  const value = query.text('_source')
  if (value === 'false') return false
  if (value !== undefined && value !== 'true' && value !== '') includes.push(...value.split(','))
  if (includes.length > 0 || excludes.length > 0) return { includes, excludes }
  return value === undefined ? undefined : true
}

/** `_source` of a body: `true`, `"a.*"`, `["a", "b"]`, `{ includes, excludes }`. @throws ElkhornError 400 */
export function sourceSelection(json: JsonValue | undefined): SourceSelection | undefined {
  if (json === undefined || json === null) return undefined
  if (typeof json === 'boolean') return json
  if (typeof json === 'string') return json === 'true' ? true : json === 'false' ? false : { includes: [json], excludes: [] }
  if (Array.isArray(json)) return { includes: strings(json), excludes: [] }
  if (!isJsonObject(json))
    throw illegalArgument(`Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [${typeof json}]`)
  const filter: { includes: string[]; excludes: string[] } = { includes: [], excludes: [] }
  for (const [key, value] of Object.entries(json)) {
    if (key === 'includes' || key === 'include') filter.includes = strings(value)
    else if (key === 'excludes' || key === 'exclude') filter.excludes = strings(value)
    else throw illegalArgument(`Unknown key for a VALUE_STRING in [_source]: [${key}].`)
  }
  return filter satisfies SourceFilter
}

/** A whole number of a body, also as text. @throws ElkhornError 400 */
export function parseInteger(value: JsonValue, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'string' && /^[-+]?\d+$/.test(value)) return Number(value)
  throw illegalArgument(
    `Failed to parse int parameter [${name}] with value [${String(value)}]`,
    new ElkhornError('number_format_exception', 400, `For input string: "${String(value)}"`),
  )
}
