import type { JsonObject } from '../../src/core/json.ts'
import type { Random } from './random.ts'
import { word } from './words.ts'

/** A span query over the words of a field. @param depth how many may still be inside of each other */
export function spanQuery(random: Random, field: string, depth = 2): JsonObject {
  const term = (): string => word(random).toLowerCase()
  const inner = (): JsonObject => spanQuery(random, field, depth - 1)
  const leaf = random.pick<() => JsonObject>([
    () => ({ span_term: { [field]: term() } }),
    () => ({ span_term: { [field]: { value: term(), ...random.options(0.2, { boost: 2 }) } } }),
    () => ({ span_multi: { match: { prefix: { [field]: { value: term().slice(0, 2) } } } } }),
    () => ({ span_multi: { match: { wildcard: { [field]: { value: `${term().slice(0, 1)}*` } } } } }),
    () => ({ span_multi: { match: { fuzzy: { [field]: { value: term() } } } } }),
  ])
  if (depth === 0 || random.chance(0.3)) return leaf()
  return random.pick<() => JsonObject>([
    () => ({ span_near: { clauses: random.times(2, 3, inner), slop: random.int(0, 6), in_order: random.chance(0.5) } }),
    () => ({ span_first: { match: inner(), end: random.int(1, 5) } }),
    () => ({ span_or: { clauses: random.times(1, 3, inner) } }),
    () => ({ span_not: { include: inner(), exclude: inner(), ...random.options(0.3, { pre: 1, post: 1 }) } }),
    () => ({ span_containing: { big: inner(), little: inner() } }),
    () => ({ span_within: { big: inner(), little: inner() } }),
    () => ({ field_masking_span: { query: leaf(), field } }),
  ])()
}
