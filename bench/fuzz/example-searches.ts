import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import { AGGREGATION_EXAMPLES } from '../../src/query/aggs/examples.ts'
import { AGGREGATIONS } from '../../src/query/aggs/table.ts'
import { QUERY_EXAMPLES } from '../../src/query/dsl/examples.ts'
import type { Random } from '../requests/random.ts'
import { sentence } from '../requests/words.ts'
import { EXAMPLE_FIELDS, exampleDocument } from './example-fields.ts'
import { SCRIPTS } from './scripts.ts'

/*
 * The grammar of these searches is the reference itself: its examples hold every query and every aggregation, so that
 * a new one is sent from the day that it is there. They are crossed with each other, and asked of each other's fields.
 */

const FIELDS: ReadonlySet<string> = new Set(EXAMPLE_FIELDS)
const QUERIES: Readonly<Record<string, { readonly body: JsonObject }>> = {
  ...QUERY_EXAMPLES,
  knn: { body: { field: 'vector', query_vector: [0.1, 0.7, 0.2], k: 5, filter: { term: { line: 'press' } } } },
}
const OTHER_FIELD = 0.1
const OTHER_QUERY = 0.3

/** The example of a query, other examples within it. @param depth how many may still be inside of each other */
export function exampleQuery(random: Random, depth = 3): JsonObject {
  const name = random.pick(Object.keys(QUERIES))
  if (name === 'percolate' && random.chance(0.8))
    return { percolate: { field: 'rule', documents: random.times(1, 3, () => exampleDocument(random)) } }
  return { [name]: vary(random, QUERIES[name]?.body ?? {}, depth) }
}

function exampleAggregations(random: Random, depth = 2): JsonObject {
  const { aggs = {} } = AGGREGATION_EXAMPLES[random.pick(Object.keys(AGGREGATION_EXAMPLES))] ?? {}
  const varied = vary(random, aggs, 1) as JsonObject
  const [name, first] = Object.entries(varied)[0] ?? []
  if (depth === 0 || name === undefined || !isJsonObject(first) || random.chance(0.3)) return varied
  // Mostly below what takes others, and beside others of the same names.
  if (!Object.keys(first).some((type) => HOLDING.has(type)) && random.chance(0.95)) return varied
  const inner = isJsonObject(first['aggs']) ? first['aggs'] : {}
  return { ...varied, [name]: { ...first, aggs: { ...inner, ...exampleAggregations(random, depth - 1) } } }
}

const HOLDING = new Set(AGGREGATIONS.filter(({ holdsOthers }) => holdsOthers).map((one) => one.name))

/** Some fields exchanged for others, and some queries. */
function vary(random: Random, value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return FIELDS.has(value) ? otherField(random, value) : value
  if (Array.isArray(value)) return value.map((one: JsonValue) => vary(random, one, depth))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value)
  if (depth > 0 && entries.length === 1 && Object.hasOwn(QUERIES, entries[0]?.[0] ?? '') && random.chance(OTHER_QUERY))
    return exampleQuery(random, depth - 1)
  return Object.fromEntries(
    entries.map(([name, one = null]) => [FIELDS.has(name) ? otherField(random, name) : name, vary(random, one, depth)]),
  )
}

const otherField = (random: Random, name: string): string => (random.chance(OTHER_FIELD) ? random.pick(EXAMPLE_FIELDS) : name)

/** The body of a search, with all that may stand in one. */
export function exampleSearch(random: Random): JsonObject {
  const field = (): string => random.pick(EXAMPLE_FIELDS)
  const script = (): JsonObject => ({ source: random.pick(SCRIPTS), params: { n: 3, vector: [1, 2, 3] } })
  return {
    ...(random.chance(0.8) ? { query: exampleQuery(random) } : {}),
    ...(random.chance(0.5) ? { size: 0, aggs: exampleAggregations(random) } : {}),
    ...random.options(0.06, {
      knn: { field: 'vector', query_vector: [0.5, 0.1, 0.2], k: 3, num_candidates: 10, filter: exampleQuery(random, 1) },
      runtime_mappings: {
        late: { type: random.pick(['long', 'keyword', 'date', 'ip', 'boolean', 'geo_point']), script: script() },
      },
      script_fields: { made: { script: script() } },
      fields: [field(), '*', { field: 'nanos', format: 'epoch_millis' }],
      docvalue_fields: [field(), field()],
      stored_fields: ['_none_'],
      _source: [`${field()}*`],
      collapse: { field: field(), inner_hits: { name: 'others', size: 2, collapse: { field: field() } } },
      rescore: [{ window_size: 10, query: { rescore_query: exampleQuery(random, 1) } }],
      highlight: { type: random.pick(['unified', 'plain', 'fvh']), fields: { '*': {} }, require_field_match: false },
      suggest: suggestion(random),
      sort: [{ [field()]: { order: 'desc', missing: '_first' } }, { _script: { type: 'string', script: script() } }],
      post_filter: exampleQuery(random, 1),
      explain: true,
      profile: true,
      min_score: 0.1,
      terminate_after: 2,
      timeout: '1ms',
      track_total_hits: random.int(0, 5),
      indices_boost: [{ 'fuzz*': 2 }],
      version: true,
      ext: {},
    }),
  }
}

function suggestion(random: Random): JsonObject {
  const text = sentence(random, 1, 2)
  return random.pick<JsonObject>([
    {
      one: {
        text,
        phrase: {
          field: 'message',
          direct_generator: [{ field: 'message', suggest_mode: 'always' }],
          highlight: { pre_tag: 'a', post_tag: 'b' },
        },
      },
    },
    {
      one: {
        prefix: text,
        completion: { field: 'complete', fuzzy: { fuzziness: 2 }, contexts: { line: 'press' }, skip_duplicates: true },
      },
    },
    {
      one: {
        regex: '.*(a|b)+',
        completion: { field: 'complete', contexts: { line: ['press', { context: 'm', prefix: true }] } },
      },
    },
    { text, one: { term: { field: 'title', max_edits: 2 } }, two: { term: { field: 'same' } } },
  ])
}
