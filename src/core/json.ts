export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject

/**
 * A parsed JSON object. Whole numbers beyond 2^53 are `bigint` (see `parseJsonExact`); `JSON.stringify` refuses those,
 * so documents are never printed back: their bytes are kept.
 */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
