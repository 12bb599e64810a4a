import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { Aggregations } from './aggregations.ts'
import { point } from './fields.ts'
import { highlight } from './highlights.ts'
import { nestedSortKey, nestedWithInnerHits } from './nested.ts'
import { Queries } from './queries.ts'
import type { Random } from './random.ts'
import { suggestion } from './suggestions.ts'
import type { World } from './world.ts'

const TEXTS = ['message', 'title', 'note', 'user.bio', 'host', 'message.raw']

/** No two points of documents are as far from it. */
const offGrid = ({ lat, lon }: { readonly lat: number; readonly lon: number }): JsonObject => ({
  lat: lat + 0.00171,
  lon: lon + 0.00337,
})

/** Where scores alone sort nothing says which of equal documents come first: all of them are asked for then. */
function pageSize(random: Random, sort: readonly { readonly key: JsonValue }[] | undefined): number {
  if (sort === undefined) return 1000
  const size = random.pick([0, 1, 5, 10, 50, 200])
  return sort.at(-1)?.key === '_score' ? 1000 : size
}

/** Bodies of searches over a world. */
export class Searches {
  readonly #random: Random
  readonly #world: World
  readonly #queries: Queries
  readonly #aggregations: Aggregations

  constructor(random: Random, world: World) {
    this.#random = random
    this.#world = world
    this.#queries = new Queries(random, world)
    this.#aggregations = new Aggregations(random, world, this.#queries)
  }

  query(depth?: number): JsonObject {
    return this.#queries.query(depth)
  }

  /** Mostly about hits. */
  hits(): JsonObject {
    const random = this.#random
    const sort = random.chance(0.7) ? this.#sort() : undefined
    if (sort !== undefined && random.chance(0.05)) return this.#collapsed(sort)
    if (random.chance(0.04)) return { size: 0, suggest: suggestion(random) }
    return {
      ...(random.chance(0.92) ? { query: random.chance(0.06) ? nestedWithInnerHits(random) : this.query() } : {}),
      size: pageSize(random, sort),
      ...random.options(0.1, {
        post_filter: this.query(0),
        track_scores: true,
        version: true,
        seq_no_primary_term: true,
      }),
      ...random.options(0.08, {
        track_total_hits: random.pick<JsonValue>([true, false, 5]),
        min_score: 0.5,
        highlight: highlight(random, TEXTS),
        rescore: this.#rescore(),
      }),
      ...random.options(0.06, { highlight: highlight(random, TEXTS) }),
      ...(sort !== undefined && random.chance(0.1) ? { from: sort.at(-1)?.key === '_score' ? 0 : random.int(0, 5) } : {}),
      ...(sort === undefined ? {} : { sort: sort.map(({ key }) => key) }),
      ...(sort !== undefined && random.chance(0.2)
        ? { search_after: sort.map(({ after }, at) => (at < sort.length - 1 && random.chance(0.15) ? null : after)) }
        : {}),
      ...this.#fetch(),
    }
  }

  /** Documents page by page: sorted by what tells all of them apart. */
  page(): JsonObject {
    const random = this.#random
    // A missing number is shown as the largest of 64 bits, which JSON's readers round.
    const sort = random.pick<JsonValue>([['seq'], [{ group: random.pick(['asc', 'desc']) }, 'seq']])
    return { query: this.query(1), size: random.int(5, 25), sort, _source: false }
  }

  /** The first document of each group, with some others of it. */
  #collapsed(sort: readonly { readonly key: JsonValue }[]): JsonObject {
    const random = this.#random
    return {
      ...(random.chance(0.7) ? { query: this.query(1) } : {}),
      size: random.pick([3, 10, 100]),
      sort: sort.map(({ key }) => key),
      collapse: {
        field: 'group',
        ...random.options(0.6, {
          inner_hits: {
            name: 'others',
            size: random.int(1, 4),
            sort: [{ seq: random.pick(['asc', 'desc']) }],
            _source: ['host'],
          },
        }),
      },
    }
  }

  /** Mostly about aggregations. */
  aggregations(): JsonObject {
    const random = this.#random
    return {
      size: 0,
      ...(random.chance(0.5) ? { query: this.query(1) } : {}),
      aggs: this.#aggregations.tree(),
    }
  }

  /** What is shown of a hit: parts of `_source`, fields, doc values, computed ones. */
  #fetch(): JsonObject {
    const random = this.#random
    const names = (): string[] =>
      random.times(1, 4, () =>
        random.pick([...this.#world.fields.map(({ name }) => name), 'user.*', '*a*', 'nowhere', 'amount', 'message.raw']),
      )
    const columns = this.#world.fields.filter(({ docValues }) => docValues).map(({ name }) => name)
    return {
      ...(random.chance(0.6)
        ? { _source: random.pick<JsonValue>([false, names(), { includes: names(), excludes: names() }]) }
        : {}),
      ...random.options(0.15, {
        fields: [...names(), { field: 'time', format: random.pick(['epoch_millis', 'yyyy/MM/dd', 'strict_date_time']) }],
        docvalue_fields: random.some(columns, 3),
        script_fields: { twice: { script: { source: "doc['level'].size() == 0 ? -1 : doc['level'].value * 2" } } },
      }),
    }
  }

  #rescore(): JsonObject {
    return {
      window_size: 1000,
      query: {
        rescore_query: this.query(0),
        ...this.#random.options(0.5, {
          query_weight: 0.7,
          rescore_query_weight: 1.2,
          score_mode: this.#random.pick(['total', 'multiply', 'max']),
        }),
      },
    }
  }

  /** Keys to sort by, each with a value that a hit could have. */
  #sort(): { readonly key: JsonValue; readonly after: JsonValue }[] {
    const random = this.#random
    const sortable = this.#world.fields.filter(({ docValues, family }) => docValues && family !== 'geo_point')
    const keys: { key: JsonValue; after: JsonValue }[] = random.times(1, 2, () => {
      const field = random.pick(sortable)
      const more = random.options(0.25, {
        order: random.pick(['asc', 'desc']),
        missing: random.pick(['_first', '_last']),
        mode: random.pick(field.family === 'number' ? ['min', 'max', 'sum', 'avg', 'median'] : ['min', 'max']),
        ...(field.family === 'number' ? { numeric_type: random.pick(['long', 'double']) } : { unmapped_type: 'long' }),
      })
      return { key: { [field.name]: more }, after: field.family === 'boolean' ? random.int(0, 1) : field.value(random) }
    })
    if (random.chance(0.08)) keys.unshift({ key: nestedSortKey(random), after: 3 })
    if (random.chance(0.08))
      keys.unshift({ key: { _geo_distance: { place: offGrid(point(random)), order: 'asc', unit: 'km' } }, after: 10 })
    if (random.chance(0.05))
      keys.unshift({
        key: {
          _script: {
            type: 'string',
            script: { source: "doc['group'].size() == 0 ? 'none' : doc['group'].value + params.x", params: { x: '!' } },
            order: random.pick(['asc', 'desc']),
          },
        },
        after: 'host-1!',
      })
    if (random.chance(0.06))
      keys.unshift({
        key: {
          _script: { type: 'number', script: { source: "doc['level'].size() == 0 ? 0 : doc['level'].value % 5" }, order: 'desc' },
        },
        after: 2,
      })
    // Scores are sorted to the last bit, which is not the same everywhere: whatever follows them would be compared by luck.
    if (random.chance(0.2)) return [{ key: '_score', after: 1.5 }]
    return [...keys, { key: 'seq', after: random.int(0, 100) }]
  }
}
