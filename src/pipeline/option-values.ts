import type { CodecRequest } from '../plugins/options.ts'
import type { PluginStatement, Position, Value } from './language/ast.ts'

/** The options of a plug-in as plain values, and where each of them stands. */
export interface OptionValues {
  readonly values: Readonly<Record<string, unknown>>
  /** The place of an option, or of what lies within it at a path of keys and places. */
  readonly locate: (path: readonly PropertyKey[]) => Position
}

/**
 * Options written several times are joined as Logstash does: hashes merged, lists appended, other values made a list.
 * Names may be renamed on the way (`cacert` is `ssl_certificate_authorities`).
 */
export function optionValues(plugin: PluginStatement, rename: (name: string) => string = (name) => name): OptionValues {
  const values: Record<string, unknown> = {}
  const places = new Map<string, Value[]>()
  const positions = new Map<string, Position>()
  for (const { name: written, value, position } of plugin.options) {
    const name = rename(written)
    const plain = plainValue(value)
    const before = values[name]
    values[name] = before === undefined ? plain : joined(before, plain)
    places.set(name, [...(places.get(name) ?? []), value])
    if (!positions.has(name)) positions.set(name, position)
  }
  const locate = (path: readonly PropertyKey[]): Position => {
    const [name, ...rest] = path.map(String)
    if (name === undefined) return plugin.position
    const known = places.get(name)
    if (known === undefined) return positions.get(name) ?? plugin.position
    for (const value of known) {
      const found = locateWithin(value, rest)
      if (found !== undefined) return found
    }
    return positions.get(name) ?? plugin.position
  }
  return { values, locate }
}

function locateWithin(value: Value, path: readonly string[]): Position | undefined {
  const [key, ...rest] = path
  if (key === undefined) return value.position
  if (value.kind === 'hash') {
    const entry = value.entries.find((candidate) => candidate.key === key)
    return entry === undefined ? undefined : (locateWithin(entry.value, rest) ?? entry.position)
  }
  if (value.kind === 'array') {
    const item = value.items[Number(key)]
    return item === undefined ? undefined : (locateWithin(item, rest) ?? item.position)
  }
  return undefined
}

/** A codec or other plug-in as a value. */
export function plainValue(value: Value): unknown {
  switch (value.kind) {
    case 'string':
      return value.text
    case 'number':
      return value.value
    case 'array':
      return value.items.map(plainValue)
    case 'hash':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plainValue(entry.value)]))
    default:
      return { name: value.plugin.name, options: optionValues(value.plugin).values } satisfies CodecRequest
  }
}

function joined(before: unknown, after: unknown): unknown {
  if (Array.isArray(before)) return [...(before as unknown[]), ...(Array.isArray(after) ? (after as unknown[]) : [after])]
  if (isHash(before) && isHash(after)) {
    const merged: Record<string, unknown> = { ...before }
    for (const [key, value] of Object.entries(after))
      merged[key] = merged[key] === undefined || merged[key] === value ? value : [merged[key], value].flat()
    return merged
  }
  return before === after ? before : [before, after]
}

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
