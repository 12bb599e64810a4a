import { isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/**
 * The values of a field in a document, arrays opened. A dot in a path goes into an object or belongs to a name, as in
 * Elasticsearch: `{"device":{"id":1}}`, `{"device.id":1}` and `{"a":{"b.c":1}}` are found alike.
 */
export function valuesAt(document: JsonObject, path: string): JsonValue[] {
  const found: JsonValue[] = []
  collect(document, path, found)
  return found
}

function collect(value: JsonValue | undefined, path: string, found: JsonValue[]): void {
  if (value === undefined) return
  if (Array.isArray(value)) {
    for (const element of value as readonly JsonValue[]) collect(element, path, found)
    return
  }
  if (path === '') {
    found.push(value)
    return
  }
  if (!isJsonObject(value)) return
  if (Object.hasOwn(value, path)) collect(value[path], '', found)
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot)
    if (Object.hasOwn(value, head)) collect(value[head], path.slice(dot + 1), found)
  }
}
