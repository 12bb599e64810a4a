import type { JsonObject, JsonValue } from '../../core/json.ts'
import { valuesAt } from '../../core/values-at.ts'
import { findNode, type CompiledMapping } from '../mapping/compile-mapping.ts'

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
