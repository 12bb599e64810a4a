import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { findNode, type CompiledMapping } from '../mapping/compile-mapping.ts'

/** All values at a path of a document: through arrays and objects, and under names that hold dots. */
export function valuesAt(document: JsonValue | undefined, path: string, options: { readonly nulls?: boolean } = {}): JsonValue[] {
  const values: JsonValue[] = []
  const walk = (value: JsonValue | undefined, rest: string): void => {
    if (value === undefined) return
    if (value === null) {
      if (rest === '' && options.nulls === true) values.push(null)
    } else if (Array.isArray(value)) {
      for (const element of value as readonly JsonValue[]) walk(element, rest)
    } else if (rest === '') values.push(value)
    else if (isJsonObject(value)) {
      for (const [name, below] of Object.entries(value)) {
        if (name === rest) walk(below, '')
        else if (rest.startsWith(`${name}.`)) walk(below, rest.slice(name.length + 1))
      }
    }
  }
  walk(document, path)
  return values
}

/** Values of those of the asked fields that the mapping stores apart (`store: true`), as `stored_fields` shows them. */
export function storedFields(
  mapping: CompiledMapping,
  document: JsonObject,
  names: readonly string[],
): Record<string, JsonValue[]> {
  const fields: Record<string, JsonValue[]> = {}
  for (const name of names) {
    for (const { path } of mapping.match(name)) {
      const node = findNode(mapping.mapping, path)
      if (node?.kind !== 'leaf' || node.parameters['store'] !== true) continue
      const values = valuesAt(document, path)
      if (values.length > 0) fields[path] = values
    }
  }
  return fields
}
