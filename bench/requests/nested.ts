import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Random } from './random.ts'
import { keyword, sentence, word } from './words.ts'

/** Where documents hold objects of their own, each with some of the fields below. */
export const NESTED_PATH = 'parts'

export const NESTED_MAPPING: JsonObject = {
  type: 'nested',
  properties: { name: { type: 'keyword' }, size: { type: 'integer' }, note: { type: 'text' } },
}

/** What a document holds under the path: a list of objects, or one. */
export function nestedObjects(random: Random): JsonValue {
  const one = (): JsonObject =>
    random.options(0.85, { name: keyword(random), size: random.int(-3, 20), note: sentence(random, 1, 4) })
  return random.chance(0.2) ? one() : random.times(0, 4, one)
}

const name = `${NESTED_PATH}.name`
const size = `${NESTED_PATH}.size`
const note = `${NESTED_PATH}.note`

/** A query about the objects. */
export function objectQuery(random: Random, depth = 1): JsonObject {
  const inner = (): JsonObject => objectQuery(random, depth - 1)
  if (depth > 0 && random.chance(0.4))
    return {
      bool: random.options(0.7, { must: random.times(1, 2, inner), should: random.times(1, 2, inner), must_not: inner() }),
    }
  return random.pick<() => JsonObject>([
    () => ({ term: { [name]: keyword(random) } }),
    () => ({ terms: { [name]: random.times(1, 4, () => keyword(random)) } }),
    () => ({ range: { [size]: { [random.pick(['gte', 'gt'])]: random.int(-3, 15), ...random.options(0.5, { lt: 18 }) } } }),
    () => ({ exists: { field: random.pick([name, size, note]) } }),
    () => ({ match: { [note]: sentence(random, 1, 2) } }),
    () => ({ prefix: { [name]: keyword(random).slice(0, 1) } }),
    () => ({ match_phrase: { [note]: `${word(random)} ${word(random)}` } }),
    () => ({ match_all: {} }),
  ])()
}

/** A query about documents by their objects. */
export function nestedQuery(random: Random): JsonObject {
  return {
    nested: {
      path: NESTED_PATH,
      query: objectQuery(random),
      ...random.options(0.4, { score_mode: random.pick(['avg', 'sum', 'max', 'min', 'none']), boost: 2 }),
    },
  }
}

/** The objects that a query found within each hit. Hits among them tie by their place. */
export function nestedWithInnerHits(random: Random): JsonObject {
  const { nested } = nestedQuery(random) as { nested: JsonObject }
  return { nested: { ...nested, inner_hits: { size: 10, sort: [{ [size]: random.pick(['asc', 'desc']) }] } } }
}

export function nestedSortKey(random: Random): JsonObject {
  const nested = { path: NESTED_PATH, ...random.options(0.4, { filter: objectQuery(random, 0) }) }
  return {
    [size]: {
      nested,
      ...random.options(0.4, {
        order: random.pick(['asc', 'desc']),
        mode: random.pick(['min', 'max', 'sum', 'avg']),
        missing: random.pick(['_first', '_last']),
      }),
    },
  }
}

/** Aggregations of the objects; `documents` makes some of the documents around them. */
export function nestedAggregation(random: Random, documents: () => JsonObject): JsonObject {
  const type = random.pick(['avg', 'sum', 'max', 'min', 'stats', 'value_count'])
  const metrics: JsonObject = { [`${type}_n`]: { [type]: { field: size } } }
  const back: JsonObject = random.chance(0.4) ? { reverse_nested_0: { reverse_nested: {}, aggs: documents() } } : {}
  const buckets = random.pick<() => JsonObject>([
    () => ({ terms_n: { terms: { field: name, ...random.options(0.4, { size: 5 }) }, aggs: { ...metrics, ...back } } }),
    () => ({ histogram_n: { histogram: { field: size, interval: 5 }, aggs: { ...metrics, ...back } } }),
    () => ({ filter_n: { filter: objectQuery(random), aggs: { ...metrics, ...back } } }),
    () => metrics,
  ])()
  return { nested: { path: NESTED_PATH }, aggs: buckets }
}
