import type { Field, FieldValue } from '../field.ts'

/** What is known of a document besides what is in it. */
export interface DocumentMetadata {
  readonly id: string
  readonly seqNo: number
  readonly version: number
  readonly routing?: string | undefined
}

const VALUES: Readonly<Record<string, (of: DocumentMetadata) => FieldValue | undefined>> = {
  _id: ({ id }) => id,
  _seq_no: ({ seqNo }) => seqNo,
  _version: ({ version }) => version,
  _routing: ({ routing }) => routing,
}

const NAMES: readonly string[] = Object.keys(VALUES)

const FIELDS: ReadonlyMap<string, Field> = new Map(
  NAMES.map((path) => {
    const type = path === '_seq_no' || path === '_version' ? 'long' : 'keyword'
    return [path, { path, type, ordinal: -1, parameters: { indexed: true, docValues: true } }]
  }),
)

/** Metadata as scripts ask for it: `doc['_id']`. The name of an index is the same in all of its documents. */
export function metadataField(path: string, indexName: string | undefined): Field | undefined {
  if (path !== '_index' || indexName === undefined) return FIELDS.get(path)
  return { path, type: 'keyword', ordinal: -1, parameters: { indexed: true, docValues: true, constant: indexName } }
}

export const isMetadata = ({ path }: Field): boolean => FIELDS.has(path)

/** Empty for a field that is none of metadata, and where a document has none. */
export function metadataValues({ path }: Field, of: DocumentMetadata): readonly FieldValue[] {
  const value = VALUES[path]?.(of)
  return value === undefined ? [] : [value]
}
