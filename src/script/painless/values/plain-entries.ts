import { hashOf } from './equality.ts'
import type { Value } from './value.ts'

/** Entries of a part of a document, in the order that Java's HashMap would have. */
export function plainEntries(plain: Readonly<Record<string, Value>>): readonly (readonly [string, Value])[] {
  const entries = Object.entries(plain)
  let capacity = 16
  while (entries.length > capacity * 0.75) capacity *= 2
  return hashOrder(entries, capacity)
}

/** The order of Java's HashMap: by the place in its table, then by arrival. */
export function hashOrder<Entry extends readonly [Value, Value]>(entries: readonly Entry[], capacity: number): readonly Entry[] {
  if (entries.length < 2) return entries
  const places = new Map<Entry, number>()
  for (const entry of entries) places.set(entry, tablePlace(entry[0], capacity))
  return entries.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
}

function tablePlace(key: Value, capacity: number): number {
  const hash = hashOf(key)
  return (hash ^ (hash >>> 16)) & (capacity - 1)
}
