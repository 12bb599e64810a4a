import { isMap } from './ingest-document.ts'

/** A copy that shares nothing with the value that changes. */
export function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue)
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyValue(member)]))
  return value
}
