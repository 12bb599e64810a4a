import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** Settings by their full names; values are text, or lists of text. */
export type Settings = Readonly<Record<string, string | readonly string[]>>

/** Settings as a request changes them: `null` takes one back to its default. */
export type SettingsChange = Readonly<Record<string, string | readonly string[] | null>>

/** Reads settings, nested or with dots in names or both, into full names. @throws ElkhornError 400 */
export function flattenSettings(json: JsonValue, prefix = ''): SettingsChange {
  const flat: Record<string, string | readonly string[] | null> = {}
  const walk = (value: JsonValue | undefined, path: string): void => {
    if (value === undefined) return
    if (isJsonObject(value)) {
      for (const [key, below] of Object.entries(value)) walk(below, path === '' ? key : `${path}.${key}`)
    } else if (Array.isArray(value)) {
      flat[path] = value.map((element: JsonValue) => {
        if (element !== null && typeof element === 'object')
          throw illegalArgument(`settings value of [${path}] must be a list of plain values`)
        return String(element)
      })
    } else flat[path] = value === null ? null : String(value)
  }
  if (!isJsonObject(json)) throw illegalArgument('settings must be an object')
  walk(json, prefix)
  return flat
}

/** As Elasticsearch prints settings: nested unless `flat`. */
export function printSettings(settings: Settings, options: { readonly flat: boolean }): JsonObject {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  if (options.flat) return Object.fromEntries(sorted)
  const root: Record<string, unknown> = {}
  for (const [key, value] of sorted) {
    const parts = key.split('.')
    let at = root
    for (let i = 0; i < parts.length - 1; i++) {
      const part = parts[i] ?? ''
      const next = at[part]
      if (typeof next === 'object' && next !== null && !Array.isArray(next)) at = next as Record<string, unknown>
      else if (next === undefined) {
        const made: Record<string, unknown> = {}
        at[part] = made
        at = made
      } else {
        // Both `a` and `a.b` are set: the rest keeps its dots.
        at[parts.slice(i).join('.')] = value
        parts.length = 0
      }
    }
    const last = parts.at(-1)
    if (last !== undefined) at[last] = value
  }
  return root as JsonObject
}
