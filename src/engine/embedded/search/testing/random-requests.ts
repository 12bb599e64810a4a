import { roundDown } from '../../../../core/dates/rounding.ts'
import type {
  Aggregation,
  BucketAggregation,
  BucketOrder,
  CompositeSource,
  NamedAggregation,
  ValuesSource,
} from '../../../../query/aggregation.ts'
import type { Query, TermPattern } from '../../../../query/ast.ts'
import type { FieldValue } from '../../../../query/field.ts'
import type { FixtureDocument, FixtureIndex } from './fixture.ts'

/** Numbers from 0 up to, not including, 1: the same ones for the same seed. */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const WORDS = ['disk', 'full', 'error', 'warn', 'ok', 'Müller', 'naïve', '温度', '😀x', 'a', 'aa', 'aaa', "o'brien", '42']
const KEYWORDS = ['', 'a', 'ab', 'abc', 'b', 'Z', 'ü', '\0', 'a\0b', "'; DROP TABLE x; --", '𝒳', '\uFFFD', 'long '.repeat(20)]
const TERMS = ['host', 'tag', 'user', 'temperature', 'ratio', 'count', 'small', 'big', 'ok', 'ip', 'born']
const VALUES = [...TERMS, 'message', 'place', 'weight']
const OTHER_VALUES = VALUES.filter((field) => field !== 'ratio' && field !== 'ip')
const OTHER_FIELDS: FixtureIndex['fields'] = {
  tag: { type: 'keyword', termIndex: true },
  small: { type: 'double' },
  big: { type: 'long' },
}
const ROOT_DEPTH = 3
const DAY = 86_400_000
const T0 = Date.UTC(2026, 2, 28)

export class RandomRequests {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  #int(below: number): number {
    return Math.floor(this.#random() * below)
  }

  #pick<T>(list: readonly T[]): T {
    const one = list[this.#int(list.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }

  /** `other`: some fields are of other types, some are not there at all. */
  index(name: string, documents: number, { other }: { readonly other: boolean }): FixtureIndex {
    const fields: FixtureIndex['fields'] = {
      '@timestamp': { type: 'date' },
      host: { type: 'keyword' },
      tag: { type: 'keyword' },
      user: { type: 'keyword', termIndex: true },
      temperature: { type: 'double' },
      ratio: { type: 'float' },
      count: { type: 'long' },
      small: { type: 'byte' },
      big: { type: 'unsigned_long' },
      ok: { type: 'boolean' },
      ip: { type: 'ip' },
      born: { type: 'date' },
      message: { type: 'text' },
      place: { type: 'geo_point' },
      weight: { type: 'integer' },
      ...(other && OTHER_FIELDS),
    }
    return {
      name,
      timeField: '@timestamp',
      dimensions: ['host'],
      fields,
      documents: Array.from({ length: documents }, () => this.#document(other ? OTHER_VALUES : VALUES, documents)),
    }
  }

  #document(fields: readonly string[], documents: number): FixtureDocument {
    const values: Record<string, FieldValue | readonly FieldValue[]> = {}
    for (const field of fields) {
      if (this.#chance(0.2)) continue
      const several = this.#chance(0.2) && field !== 'host' && field !== 'weight'
      values[field] = several ? Array.from({ length: 2 + this.#int(3) }, () => this.value(field)) : this.value(field)
    }
    if (this.#chance(0.95)) values['@timestamp'] = this.value('@timestamp')
    return {
      values,
      ...(this.#chance(0.2) && { id: `own-${this.#int(1_000_000)}` }),
      ...(this.#chance(0.1) && { superseded: documents - 1 }),
    }
  }

  value(field: string): FieldValue {
    switch (field) {
      case '@timestamp':
        return T0 + this.#int(3 * DAY)
      case 'born':
        return this.#chance(0.5) ? -this.#int(40_000) * DAY - this.#int(DAY) : this.#int(20_000) * DAY
      case 'host':
        return `h${this.#int(5)}`
      case 'tag':
      case 'user':
        return this.#pick(KEYWORDS)
      case 'temperature':
        // No -0: it is a value of its own, which JavaScript's sets do not tell from 0.
        return Math.round((this.#random() * 60 - 30) * 10) / 10 + 0
      case 'ratio':
        return Math.fround(this.#random() - 0.5)
      case 'count':
        return this.#chance(0.05) ? this.#pick([2n ** 60n, -(2n ** 62n)]) : this.#int(20) - 10
      case 'small':
        return this.#int(256) - 128
      case 'big':
        return this.#chance(0.2) ? 2n ** 63n - BigInt(1 + this.#int(3)) : this.#int(10)
      case 'ok':
        return this.#chance(0.5)
      case 'ip':
        return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, this.#int(2), this.#int(4)])
      case 'place':
        return { lat: this.#int(170) - 85, lon: this.#int(360) - 180 }
      case 'weight':
        return this.#int(5)
      case 'message':
        return Array.from({ length: this.#int(8) }, () => this.#pick(WORDS)).join(' ')
      default:
        throw new Error(`no values for ${field}`)
    }
  }

  /** Never nothing by itself, at most `depth` deep. */
  query(depth = 3): Query {
    const leaf = depth === 0 || this.#chance(0.5)
    if (!leaf) {
      const list = (most: number): Query[] => Array.from({ length: this.#int(most + 1) }, () => this.query(depth - 1))
      const [must, filter, should, mustNot] = [list(2), list(1), list(3), list(2)]
      const needed = must.length + filter.length === 0 && should.length > 0 ? 1 : 0
      return {
        kind: 'bool',
        must,
        filter,
        should,
        mustNot,
        minimumShouldMatch: Math.min(should.length, Math.max(needed, this.#int(3))),
      }
    }
    const field = this.#pick([...TERMS, '@timestamp'])
    switch (this.#int(8)) {
      case 0:
        return { kind: 'all' }
      case 1:
        return { kind: 'terms', field, values: Array.from({ length: 1 + this.#int(3) }, () => this.value(field)) }
      case 2:
        return { kind: 'exists', field: this.#chance(0.2) ? 'message' : field }
      case 3: {
        const ranged = field === 'ok' ? 'temperature' : field
        const [a, b] = [this.value(ranged), this.value(ranged)]
        const lower = this.#chance(0.8) ? (this.#chance(0.5) ? { gte: a } : { gt: a }) : {}
        return {
          kind: 'range',
          field: ranged,
          bounds: { ...lower, ...(this.#chance(0.6) && (this.#chance(0.5) ? { lte: b } : { lt: b })) },
        }
      }
      case 4:
        return { kind: 'pattern', field: this.#pick(['host', 'tag', 'user', 'message']), pattern: this.#pattern() }
      case 5: {
        const tokens = Array.from({ length: 1 + this.#int(3) }, () => this.#token())
        return { kind: 'tokens', field: 'message', tokens, minimum: 1 + this.#int(new Set(tokens).size) }
      }
      case 6: {
        const places = Array.from({ length: 1 + this.#int(3) }, (_, position) => ({ tokens: [this.#token()], position }))
        return { kind: 'phrase', field: 'message', phrase: { places, slop: 0, lastIsPrefix: false, maxExpansions: 50 } }
      }
      default:
        return { kind: 'ids', ids: Array.from({ length: 5 }, () => `#${this.#int(400)}`) }
    }
  }

  #token(): string {
    return this.#pick(WORDS).toLowerCase()
  }

  #pattern(): TermPattern {
    switch (this.#int(4)) {
      case 0:
        return { kind: 'prefix', prefix: this.#pick(['a', 'd', 'h', 'aa', '', 'ü']), ignoreCase: false }
      case 1:
        return {
          kind: 'wildcard',
          wildcard: this.#pick(['*a*', 'a?', '*', 'h*1', '?', 'a*c', 'warn', '*r', 'd??k']),
          ignoreCase: this.#chance(0.3),
        }
      case 2:
        return {
          kind: 'regexp',
          regexp: this.#pick(['a+', 'h[0-2]', '.*', '~(a.*)', 'a.*&.*c', 'd~(x)', '<1-50>', 'ok|warn']),
          ignoreCase: false,
        }
      default:
        return {
          kind: 'fuzzy',
          term: this.#pick(['dsik', 'eror', 'h1', 'ab', 'wärn']),
          edits: this.#pick([0, 1, 2]),
          prefixLength: this.#int(2),
          transpositions: true,
          maxExpansions: 1000,
        }
    }
  }

  aggregations(depth = ROOT_DEPTH): NamedAggregation[] {
    return Array.from({ length: 1 + this.#int(3) }, (_, i) => this.#named(`a${i}`, depth))
  }

  #named(name: string, depth: number): NamedAggregation {
    if (depth === 0 || this.#chance(0.35)) return { name, aggregation: this.#metric(), children: [] }
    const children = this.#chance(0.8) ? this.aggregations(depth - 1) : []
    const isRoot = depth === ROOT_DEPTH
    return { name, aggregation: this.#chance(0.3) ? this.#rarerBucket(children, isRoot) : this.#bucket(children), children }
  }

  #metric(): Aggregation {
    const field = this.#pick(['temperature', 'ratio', 'small', 'born', '@timestamp', 'ok', 'absent'])
    const source: ValuesSource = { field, ...(this.#chance(0.2) && field !== 'ok' && { missing: 7 }) }
    switch (this.#int(8)) {
      case 0:
      case 1:
        return { kind: this.#pick(['avg', 'min', 'max', 'sum', 'stats'] as const), source }
      case 2:
        return { kind: 'value_count', source: { field: this.#pick(['tag', 'user', 'temperature', 'count', 'ip']) } }
      case 3:
        return {
          kind: 'cardinality',
          source: { field: this.#pick(['tag', 'user', 'temperature', 'small', 'ip', 'host']) },
          precisionThreshold: 3000,
        }
      case 4:
        return { kind: 'weighted_avg', value: source, weight: { field: 'weight', ...(this.#chance(0.3) && { missing: 2 }) } }
      case 5:
        return { kind: 'percentile_ranks', source, values: [-5, 0, 3.3, 1e12], method: 'tdigest' }
      case 6:
        return this.#pick<Aggregation>([
          { kind: 'extended_stats', source },
          { kind: 'median_absolute_deviation', source },
          { kind: 'boxplot', source },
          { kind: 'string_stats', source: { field: this.#pick(['tag', 'user', 'host', 'absent']) } },
          { kind: 'geo_bounds', field: 'place', wrapLongitude: this.#chance(0.5) },
          { kind: 'geo_centroid', field: 'place' },
          {
            kind: 'matrix_stats',
            sources: [{ field: 'temperature' }, { field: 'ratio', missing: 7 }, { field: 'small' }],
            mode: this.#pick(['avg', 'min', 'max', 'sum', 'median'] as const),
          },
        ])
      default:
        return { kind: 'percentiles', source, percents: [1, 25, 50, 99], method: 'tdigest' }
    }
  }

  #bucket(children: readonly NamedAggregation[]): Aggregation {
    const order = this.#order(children)
    switch (this.#int(8)) {
      case 0:
      case 1: {
        const field = this.#pick(['host', 'tag', 'user', 'small', 'count', 'ok', 'ip', 'ratio', 'absent'])
        return { kind: 'terms', source: { field }, size: 1 + this.#int(12), order, minDocCount: this.#int(3) }
      }
      case 2:
        return {
          kind: 'terms',
          source: { field: 'tag', missing: 'none' },
          size: 3 + this.#int(8),
          order,
          minDocCount: 1,
          include: { kind: 'regexp', regexp: 'a.*|none' },
        }
      case 3: {
        const field = this.#pick(['@timestamp', 'born'])
        const zone = this.#pick(['UTC', 'Europe/Berlin', '+05:30'])
        const rounding =
          field === 'born'
            ? ({ kind: 'calendar', unit: this.#pick(['month', 'year', 'quarter'] as const), zone, offsetMs: 0 } as const)
            : this.#chance(0.5)
              ? ({
                  kind: 'fixed',
                  intervalMs: this.#pick([3_600_000, 43_200_000, 90_000, 12_345_678]),
                  zone,
                  offsetMs: this.#pick([0, 1000]),
                } as const)
              : ({ kind: 'calendar', unit: this.#pick(['hour', 'day', 'week'] as const), zone, offsetMs: 0 } as const)
        return { kind: 'date_histogram', source: { field }, rounding, order }
      }
      case 4:
        return {
          kind: 'histogram',
          source: { field: this.#pick(['temperature', 'small', 'absent']) },
          interval: this.#pick([10, 0.5, 7]),
          offset: this.#pick([0, 3]),
          order,
        }
      case 5: {
        const bounds = [this.#int(20) - 20, this.#int(20), this.#int(20)]
        const [a = 0, b = 0, c = 0] = this.#chance(0.5) ? bounds.toSorted((x, y) => x - y) : bounds
        return {
          kind: 'range',
          source: { field: 'temperature' },
          ranges: [
            { key: 'low', to: a },
            { key: 'mid', from: a, to: b },
            { key: 'high', from: c },
          ],
        }
      }
      case 6: {
        const filters = Array.from({ length: 1 + this.#int(3) }, (_, i) => ({ key: `f${i}`, query: this.#filter(1) }))
        return { kind: 'filters', filters, ...(this.#chance(0.5) && { otherKey: 'other' }) }
      }
      default:
        return this.#chance(0.5)
          ? { kind: 'filter', query: this.#filter(2) }
          : { kind: 'missing', field: this.#pick(['tag', 'temperature', 'message', '@timestamp', 'absent']) }
    }
  }

  #rarerBucket(children: readonly NamedAggregation[], isRoot: boolean): BucketAggregation {
    switch (this.#int(isRoot ? 8 : 6)) {
      case 0: {
        const sources = Array.from({ length: 1 + this.#int(3) }, (): ValuesSource => {
          const field = this.#pick(['host', 'tag', 'small', 'ok', 'ip'])
          return { field, ...(this.#chance(0.2) && field === 'tag' && { missing: 'none' }) }
        })
        const order = this.#order(children)
        return { kind: 'multi_terms', sources, size: 1 + this.#int(12), order, minDocCount: 1 + this.#int(2) }
      }
      case 1:
        return {
          kind: 'rare_terms',
          source: { field: this.#pick(['tag', 'user', 'small', 'absent']) },
          maxDocCount: 1 + this.#int(10),
        }
      case 2: {
        const sources = Array.from({ length: 1 + this.#int(3) }, () => this.#compositeSource())
        const after = sources.map((source) => this.#compositeKey(source))
        return { kind: 'composite', sources, size: 1 + this.#int(20), ...(this.#chance(0.5) && { after }) }
      }
      case 3: {
        const [grid, precision] = this.#pick([
          ['geohash', 2],
          ['geotile', 0],
          ['geotile', 5],
          ['geotile', 29],
        ] as const)
        return { kind: 'geo_grid', field: 'place', grid, precision, size: 1 + this.#int(20) }
      }
      case 4: {
        const ranges = [{ key: 'near', to: 3e6 }, { key: 'middle', from: 2e6, to: 7e6 }, { key: 'all' }]
        return { kind: 'geo_distance', field: 'place', origin: { lat: 40, lon: this.#int(360) - 180 }, ranges }
      }
      case 5: {
        const diverse = { source: { field: this.#pick(['host', 'user', 'small']) }, maxPerValue: 1 + this.#int(3) }
        return { kind: 'sampler', size: this.#pick([1, 5, 30]), ...(this.#chance(0.5) && { diverse }) }
      }
      case 6:
        return {
          kind: 'variable_width_histogram',
          source: { field: this.#pick(['temperature', 'small', 'born', 'absent']) },
          buckets: 1 + this.#int(8),
        }
      default:
        return {
          kind: 'auto_date_histogram',
          source: { field: this.#pick(['@timestamp', 'born', 'absent']) },
          buckets: 1 + this.#int(20),
          zone: this.#pick(['UTC', 'Europe/Berlin']),
          minimum: this.#pick(['second', 'hour']),
        }
    }
  }

  #compositeSource(): CompositeSource {
    const more = {
      order: this.#pick(['asc', 'desc'] as const),
      missingBucket: this.#chance(0.4),
      missingOrder: this.#pick(['first', 'last'] as const),
    }
    switch (this.#int(5)) {
      case 0:
        return { key: { kind: 'histogram', source: { field: this.#pick(['temperature', 'small']) }, interval: 10 }, ...more }
      case 1: {
        const rounding = {
          kind: 'fixed',
          intervalMs: 12_345_678,
          zone: this.#pick(['UTC', 'Europe/Berlin']),
          offsetMs: 0,
        } as const
        return { key: { kind: 'date_histogram', source: { field: '@timestamp' }, rounding }, ...more }
      }
      case 2:
        return { key: { kind: 'geo_grid', field: 'place', grid: 'geotile', precision: 3 }, ...more }
      default:
        return { key: { kind: 'terms', source: { field: this.#pick(['host', 'tag', 'user', 'small', 'ok', 'ip']) } }, ...more }
    }
  }

  #compositeKey({ key, missingBucket }: CompositeSource): FieldValue | null {
    if (missingBucket && this.#chance(0.3)) return null
    switch (key.kind) {
      case 'terms':
        return this.value(key.source.field)
      case 'histogram':
        return (this.#int(10) - 5) * key.interval
      case 'date_histogram':
        return roundDown(key.rounding, Number(this.value('@timestamp')))
      default:
        return `3/${this.#int(8)}/${this.#int(8)}`
    }
  }

  /** The same query for each of two targets. */
  #filter(depth: number): Query[] {
    const query = this.query(depth)
    return [query, query]
  }

  #order(children: readonly NamedAggregation[]): readonly BucketOrder[] {
    const key: BucketOrder = { by: '_key', order: 'asc' }
    const direction = this.#pick(['asc', 'desc'] as const)
    const metric = children.find(({ aggregation }) => ['avg', 'min', 'max', 'sum', 'value_count'].includes(aggregation.kind))
    if (metric !== undefined && this.#chance(0.5)) return [{ by: metric.name, order: direction }, key]
    return this.#pick<readonly BucketOrder[]>([
      [{ by: '_count', order: 'desc' }, key],
      [{ by: '_key', order: direction }],
      [{ by: '_count', order: 'asc' }, key],
    ])
  }
}
