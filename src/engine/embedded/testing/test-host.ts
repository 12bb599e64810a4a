import { ElkhornError } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { parseIp } from '../../../core/ip.ts'
import { builtInAnalysis } from '../../../query/analysis/analysis.ts'
import type { Field, FieldParameters, FieldType, FieldValue } from '../../../query/field.ts'
import type { NestedObjects } from '../../../query/nested-objects.ts'
import type { EngineHost, IndexSchema, MappedValues, WriteOperation } from '../../engine.ts'

export type TestFields = Readonly<
  Record<string, FieldType | { readonly type: FieldType; readonly parameters?: Partial<FieldParameters> }>
>

/** An index of given fields for tests and for measuring: what `index/` does for real, without learning. */
export interface TestIndex extends IndexSchema {
  /** Adds fields, as dynamic mapping does. */
  learn(fields: TestFields): void
}

export function testIndex(
  name: string,
  fields: TestFields,
  options: {
    readonly uuid?: string
    readonly timeField?: string
    readonly dimensions?: readonly string[]
    readonly nested?: readonly NestedObjects[]
  } = {},
): TestIndex {
  const byPath = new Map<string, Field>()
  const learn = (more: TestFields): void => {
    for (const [path, given] of Object.entries(more)) {
      const { type, parameters = {} } = typeof given === 'string' ? { type: given } : given
      const defaults = { indexed: true, docValues: type !== 'text' && type !== 'match_only_text' }
      byPath.set(path, { path, type, ordinal: byPath.size, parameters: { ...defaults, ...parameters } })
    }
  }
  learn(fields)
  return {
    uuid: options.uuid ?? `uuid-${name}`,
    name,
    fields: { find: (path) => byPath.get(path), match: () => [], all: () => [...byPath.values()] },
    analysis: builtInAnalysis,
    timeField: options.timeField,
    dimensions: options.dimensions ?? [],
    ...(options.nested && { nested: options.nested }),
    createdAt: 0,
    learn,
  }
}

/** Knows the indices it is given. Its mapper reads values as they are and refuses `{ "fail": … }`. */
export function testHost(indices: Iterable<TestIndex>): EngineHost & { readonly indices: Map<string, TestIndex> } {
  const known = new Map([...indices].map((index) => [index.uuid, index]))
  return {
    indices: known,
    schemaByUuid: (uuid) => known.get(uuid),
    fieldsDurable: () => Promise.resolve(),
    map(index, { source, document = JSON.parse(Buffer.from(source ?? []).toString('utf8')) as JsonObject }, out) {
      if (document['fail'] !== undefined) throw new ElkhornError('document_parsing_exception', 400, 'failed to parse')
      mapObject(index, document, '', { out, document: out, around: [] })
    },
  }
}

interface Place {
  readonly out: MappedValues
  readonly document: MappedValues
  /** Numbers of the nested objects around. */
  readonly around: readonly number[]
}

function mapObject(index: IndexSchema, object: JsonObject, prefix: string, place: Place): void {
  // Parsed JSON has no inherited members.
  // oxlint-disable-next-line guard-for-in
  for (const name in object) {
    const value = object[name]
    if (value === undefined || value === null) continue
    const path = prefix === '' ? name : `${prefix}.${name}`
    const field = index.fields.find(path)
    const nested = index.nested?.find((one) => one.path === path)
    if (field !== undefined) mapValue(field, value, place.out)
    else if (nested !== undefined) {
      for (const one of [value].flat()) {
        if (!isJsonObject(one)) continue
        const { number, values } = place.document.addObject(nested, place.around)
        mapObject(index, one, path, { ...place, out: values, around: [...place.around, number] })
      }
    } else if (isJsonObject(value)) mapObject(index, value, path, place)
  }
}

function mapValue(field: Field, value: JsonValue, out: MappedValues): void {
  if (Array.isArray(value)) {
    for (const one of value as readonly JsonValue[]) mapValue(field, one, out)
  } else if (value !== null) out.add(field, read(field, value))
}

function read(field: Field, value: JsonValue): FieldValue {
  if (field.type === 'date' && typeof value === 'string') return Date.parse(value)
  if (field.type === 'date_nanos' && typeof value === 'string') return BigInt(Date.parse(value)) * 1_000_000n
  if (field.type === 'ip' && typeof value === 'string') return parseIp(value) ?? new Uint8Array(16)
  return value as FieldValue
}

/** A write of a document. */
export function indexing(index: IndexSchema, document: JsonObject, more: Partial<WriteOperation> = {}): WriteOperation {
  return { index, kind: 'index', document, source: Buffer.from(JSON.stringify(document)), ...more }
}

export function deleting(index: IndexSchema, id: string, more: Partial<WriteOperation> = {}): WriteOperation {
  return { index, kind: 'delete', id, ...more }
}
