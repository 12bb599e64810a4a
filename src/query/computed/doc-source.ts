import { decodeVersion } from '../version-order.ts'
import { formatIp } from '../../core/ip.ts'
import { illegalArgument } from '../../script/painless/java-error.ts'
import type { DocKind, DocSource, DocValue } from '../../script/painless/values/doc-values.ts'
import type { Field, FieldType, FieldValue } from '../field.ts'
import type { DocumentValues } from './computation.ts'

/** What scripts see in fields of each type; absent: nothing that is a doc value. */
const KINDS: Readonly<Record<FieldType, DocKind | undefined>> = {
  keyword: 'string',
  constant_keyword: 'string',
  wildcard: 'string',
  flattened: 'string',
  completion: undefined,
  text: 'text',
  match_only_text: 'text',
  long: 'long',
  integer: 'long',
  short: 'long',
  byte: 'long',
  unsigned_long: 'unsigned',
  double: 'double',
  float: 'double',
  half_float: 'double',
  scaled_float: 'double',
  boolean: 'boolean',
  date: 'date',
  date_nanos: 'date_nanos',
  ip: 'ip',
  geo_point: 'geo',
  search_as_you_type: 'text',
  annotated_text: 'text',
  version: 'string',
  counted_keyword: 'string',
  join: 'string',
  token_count: 'long',
  murmur3: 'long',
  aggregate_metric_double: undefined,
  dense_vector: undefined,
  sparse_vector: undefined,
  rank_vectors: undefined,
  semantic_text: undefined,
  histogram: undefined,
  point: undefined,
  shape: undefined,
  percolator: undefined,
  rank_feature: undefined,
  rank_features: undefined,
  geo_shape: undefined,
  integer_range: undefined,
  long_range: undefined,
  float_range: undefined,
  double_range: undefined,
  date_range: undefined,
  ip_range: undefined,
  binary: 'string',
}

/** The fields of documents as scripts read them; `current` is the document of the moment. */
export class DocumentSource implements DocSource {
  current: DocumentValues | undefined
  readonly #find: (path: string) => Field | undefined

  constructor(find: (path: string) => Field | undefined) {
    this.#find = find
  }

  kindOf(path: string): DocKind | undefined {
    const field = this.#find(path)
    const kind = field && KINDS[field.type]
    if (field && kind !== undefined && kind !== 'text' && !field.parameters.docValues && field.parameters.constant === undefined)
      throw withoutDocValues(field)
    return kind
  }

  load(path: string): readonly DocValue[] {
    const field = this.#find(path)
    if (!field || !this.current) return []
    if (field.parameters.constant !== undefined) return [field.parameters.constant]
    const values = this.current.values(field)
    if (field.type === 'version') return values.map((value) => decodeVersion(String(value)))
    if (!(values[0] instanceof Uint8Array)) return values as readonly DocValue[]
    return values.map(field.type === 'ip' ? shownAddress : shownBytes)
  }
}

const withoutDocValues = ({ path, type }: Field): Error =>
  illegalArgument(
    `Can't load fielddata on [${path}] because fielddata is unsupported on fields of type [${type}]. Use doc values instead.`,
  )

const shownAddress = (value: FieldValue): DocValue => (value instanceof Uint8Array ? formatIp(value) : (value as DocValue))
const shownBytes = (value: FieldValue): DocValue =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : (value as DocValue)
