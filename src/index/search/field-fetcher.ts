import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { DocumentMetadata } from '../../query/computed/metadata-values.ts'

/** Takes values out of documents of one index, as `fields`, `docvalue_fields` or `script_fields` ask. */
export type FieldFetcher = (document: JsonObject, into: Map<string, JsonValue[]>, metadata: DocumentMetadata) => void
