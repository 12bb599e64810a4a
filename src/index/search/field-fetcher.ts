import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Takes values out of documents of one index, as `fields`, `docvalue_fields` or `script_fields` ask. */
export type FieldFetcher = (document: JsonObject, into: Map<string, JsonValue[]>) => void
