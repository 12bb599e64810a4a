import { isJsonObject } from '../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'

/** Readers of what `_search` answers about aggregations. What is not there reads as nothing. */
export function bucketsOf(aggregation: JsonValue | undefined): readonly JsonObject[] {
  return isJsonObject(aggregation) && Array.isArray(aggregation['buckets']) ? aggregation['buckets'].filter(isJsonObject) : []
}

/** A bucket's key in words: `true` for a boolean's 1, a date for its milliseconds. */
export function bucketName(bucket: JsonObject): string {
  return scalarText(bucket['key_as_string'] ?? bucket['key'])
}

export function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

export function scalarText(value: JsonValue | undefined): string {
  if (value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
