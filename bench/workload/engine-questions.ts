import type { NamedAggregation } from '../../src/query/aggregation.ts'
import type { Query } from '../../src/query/ast.ts'
import type { EngineSearch, IndexSchema } from '../../src/engine/engine.ts'
import { DATABASE, type TableLayout } from '../../src/engine/embedded/layout.ts'
import { seededRandom } from '../../src/sample/random.ts'
import { DEFAULT_SEED, DEVICES, START, vocabulary } from './iot-documents.ts'

/** A question as an engine gets it, and as somebody who knows the table would write it in SQL. Made anew each time. */
export interface EngineQuestion {
  readonly id: string
  searches(): EngineSearch[]
  statements(): string[]
}

const HOUR = 3_600_000

export function engineQuestions(index: IndexSchema, layout: TableLayout, documents: number): EngineQuestion[] {
  const random = seededRandom(`engine questions ${Date.now()}`)
  const words = vocabulary(seededRandom(`iot${DEFAULT_SEED}`))
  const below = (n: number): number => Math.floor(random() * n)
  const span = Math.floor(documents / DEVICES) * 10_000
  const end = START + span
  const table = `${DATABASE}.${layout.table}`
  const column = (path: string): string => layout.column(path)?.name ?? path
  const [time, minute] = [layout.timeColumn ?? '', layout.minuteColumn ?? '']
  const [device, type, temperature, message] = ['device.id', 'device.type', 'temperature', 'message'].map(column)
  const length = layout.column('message')?.lengthName ?? ''

  const signal = new AbortController().signal
  const search = (query: Query, more: Partial<EngineSearch>): EngineSearch => ({
    targets: [{ schema: index, query }],
    from: 0,
    size: 0,
    sort: [],
    trackTotalHits: 10_000,
    trackScores: false,
    source: true,
    aggregations: [],
    maxBuckets: 65_536,
    timeoutMs: 60_000,
    signal,
    ...more,
  })
  const filter = (...queries: Query[]): Query => ({
    kind: 'bool',
    must: [],
    filter: queries,
    should: [],
    mustNot: [],
    minimumShouldMatch: 0,
  })
  const range = (from: number, to: number): Query => ({ kind: 'range', field: '@timestamp', bounds: { gte: from, lt: to } })
  const named = (
    name: string,
    aggregation: NamedAggregation['aggregation'],
    children: NamedAggregation[] = [],
  ): NamedAggregation => ({ name, aggregation, children })
  const byKey = [{ by: '_key', order: 'asc' }] as const
  const byCount = [
    { by: '_count', order: 'desc' },
    { by: '_key', order: 'asc' },
  ] as const
  const newest = [{ field: '@timestamp', order: 'desc', missing: 'last', mode: 'max' }] as const
  const source = { field: 'temperature' }
  const histogram = (intervalMs: number, children: NamedAggregation[]): NamedAggregation =>
    named(
      'h',
      {
        kind: 'date_histogram',
        source: { field: '@timestamp' },
        rounding: { kind: 'fixed', intervalMs, zone: 'UTC', offsetMs: 0 },
        order: byKey,
      },
      children,
    )
  const terms = (field: string, size: number, children: NamedAggregation[]): NamedAggregation =>
    named('t', { kind: 'terms', source: { field }, size, order: byCount, minDocCount: 1 }, children)
  const avg = named('a', { kind: 'avg', source })
  const percentiles = named('p', { kind: 'percentiles', source, percents: [50, 95, 99], method: 'tdigest' })
  const last = named('l', { kind: 'top_hits', from: 0, size: 1, sort: newest })

  let from = START
  let to = end
  const all = (): Query => range((from = START + below(60_000)), (to = end + 60_000 + below(1_000_000)))
  const hour = (): Query => {
    from = START + below(Math.max(1, span - HOUR))
    return range(from, (to = from + HOUR))
  }
  const during = (): string => `${time} >= ${from} AND ${time} < ${to}`
  const rare = (): Query => ({ kind: 'tokens', field: 'message', tokens: [String(below(5003))], minimum: 1 })
  const common = (): Query => ({ kind: 'tokens', field: 'message', tokens: [words[below(3)] ?? ''], minimum: 1 })
  let pair: string[] = []
  const phrase = (): Query => {
    pair = [words[below(20)] ?? '', words[below(20)] ?? '']
    return {
      kind: 'phrase',
      field: 'message',
      phrase: {
        places: pair.map((token, position) => ({ tokens: [token], position })),
        slop: 0,
        lastIsPrefix: false,
        maxExpansions: 50,
      },
    }
  }
  const pattern = (wildcard: string): Query => ({
    kind: 'pattern',
    field: 'message',
    pattern: { kind: 'wildcard', wildcard, ignoreCase: false },
  })
  const hex = (): string => below(256).toString(16).padStart(2, '0')
  const index2 = (): string => `mergeTreeTextIndex('${DATABASE}', '${layout.table}', '${message}_terms')`

  const a1 = {
    aggs: [histogram(300_000, [avg, named('m', { kind: 'max', source })])],
    sql: () =>
      `SELECT intDiv(${minute}, 5) k, count(), avg(${temperature}), max(${temperature}) FROM ${table} WHERE ${during()} GROUP BY k`,
  }
  const a3sql = (): string =>
    `SELECT ${type} k, count(), quantilesExact(0.5, 0.95, 0.99)(${temperature}) FROM ${table} WHERE ${during()} GROUP BY k`
  const counted = (where: string): string => `SELECT count() FROM (SELECT 1 FROM ${table} WHERE ${where} LIMIT 10001)`
  const hits = (where: string, size: number): string =>
    `SELECT ${time}, _seq, _id, _version, _source FROM ${table} WHERE ${where} ORDER BY ${time} DESC LIMIT ${size}`
  const scored = (where: string): string =>
    `SELECT _seq, _id, _version, _source FROM ${table} WHERE ${where} ORDER BY ${length}, _seq LIMIT 10`
  const lastOf = (since: number): string =>
    `SELECT ${device}, max(${time}), argMax(_seq, ${time}) FROM ${table} WHERE ${time} >= ${since} GROUP BY ${device}`

  const question = (id: string, searches: () => EngineSearch[], statements: () => string[]): EngineQuestion => ({
    id,
    searches,
    statements,
  })
  const one = (id: string, make: () => EngineSearch, ...sql: (() => string)[]): EngineQuestion =>
    question(
      id,
      () => [make()],
      () => sql.map((text) => text()),
    )

  return [
    one(
      'Q1 device 1 h, newest 100',
      () =>
        search(filter({ kind: 'terms', field: 'device.id', values: [`dev-${1 + below(DEVICES)}`] }, hour()), {
          size: 100,
          sort: newest,
        }),
      () => hits(`${device} = 'dev-${1 + below(DEVICES)}' AND ${during()}`, 100),
    ),
    one(
      'Q2 count of 1 h',
      () => search(filter(hour()), { trackTotalHits: Infinity }),
      () => `SELECT count() FROM ${table} WHERE ${during()}`,
    ),
    one('A1 5 min, avg, max', () => search(filter(all()), { aggregations: a1.aggs }), a1.sql),
    one('A1 of 1 h', () => search(filter(hour()), { aggregations: a1.aggs }), a1.sql),
    one(
      'A2 top 50 devices by hour',
      () => search(filter(all()), { aggregations: [terms('device.id', 50, [histogram(HOUR, [avg])])] }),
      () =>
        `SELECT ${device} k, intDiv(${minute}, 60) h, count(), avg(${temperature}) FROM ${table} WHERE ${during()} AND ${device} IN (SELECT ${device} FROM ${table} WHERE ${during()} GROUP BY ${device} ORDER BY count() DESC LIMIT 50) GROUP BY k, h`,
    ),
    one(
      'A3 percentiles by type',
      () => search(filter(all()), { aggregations: [terms('device.type', 10, [percentiles])] }),
      a3sql,
    ),
    one(
      'A4 cardinality',
      () =>
        search(filter(all()), {
          aggregations: [named('c', { kind: 'cardinality', source: { field: 'device.id' }, precisionThreshold: 3000 })],
        }),
      () => `SELECT uniqCombined64(${device}) FROM ${table} WHERE ${during()}`,
    ),
    one(
      'A7 last of 1000 devices',
      () => search(filter(all()), { aggregations: [terms('device.id', 1000, [last])] }),
      () => lastOf(START),
    ),
    one(
      'A7 of 1 h',
      () => search(filter(hour()), { aggregations: [terms('device.id', 1000, [last])] }),
      () => `SELECT ${device}, max(${time}), argMax(_seq, ${time}) FROM ${table} WHERE ${during()} GROUP BY ${device}`,
    ),
    one(
      'T1 rare word, top 10',
      () => search(rare(), { size: 10, trackTotalHits: Infinity }),
      () => scored(`hasAnyTokens(${message}, ['${below(5003)}'])`),
    ),
    one(
      'T1 common word, top 10',
      () => search(common(), { size: 10, trackTotalHits: Infinity }),
      () => `SELECT count() FROM ${table} WHERE hasAnyTokens(${message}, ['${words[below(3)]}'])`,
    ),
    one(
      'T2 phrase',
      () => search(phrase(), { size: 10, trackTotalHits: Infinity }),
      () =>
        `SELECT count() FROM ${table} WHERE hasAllTokens(${message}, ['${words[below(20)]}', '${words[below(20)]}']) AND position(${message}, '\\x01${words[below(20)]}\\x01${words[below(20)]}\\x01') > 0`,
    ),
    one(
      'T3 ab*',
      () => search(pattern(`${hex()}*`), { size: 10, trackTotalHits: Infinity }),
      () =>
        `SELECT count() FROM ${table} WHERE hasAnyTokens(${message}, (SELECT groupArray(token) FROM ${index2()} WHERE startsWith(token, '${hex()}')))`,
    ),
    one(
      'T3 abc*',
      () => search(pattern(`${hex()}${below(10)}*`), { size: 10, trackTotalHits: Infinity }),
      () =>
        `SELECT count() FROM ${table} WHERE hasAnyTokens(${message}, (SELECT groupArray(token) FROM ${index2()} WHERE startsWith(token, '${hex()}${below(10)}')))`,
    ),
    one(
      'T3 *ab1*',
      () => search(pattern(`*${hex()}${below(10)}*`), { size: 10, trackTotalHits: Infinity }),
      () =>
        `SELECT count() FROM ${table} WHERE hasAnyTokens(${message}, (SELECT groupArray(token) FROM ${index2()} WHERE position(token, '${hex()}${below(10)}') > 0))`,
    ),
    one(
      'S1 newest 100',
      () => search({ kind: 'all' }, { size: 100, sort: newest }),
      () => hits(`${time} >= ${end - 20_000}`, 100),
    ),
    one(
      'S1 in a range',
      () => search(filter(all()), { size: 100, sort: newest }),
      () => hits(`${time} >= ${end - 20_000}`, 100),
      () => counted(during()),
    ),
    one(
      'S2 by temperature',
      () => search({ kind: 'all' }, { size: 100, sort: [{ field: 'temperature', order: 'desc', missing: 'last', mode: 'max' }] }),
      () =>
        `SELECT ${temperature}, _seq, _id, _version, _source FROM ${table} ORDER BY ${temperature} DESC NULLS LAST, _seq LIMIT 100`,
    ),
    question(
      'D1 eight panels',
      () => [
        search(filter(range(end - 300_000, end)), {
          aggregations: [named('c', { kind: 'cardinality', source: { field: 'device.id' }, precisionThreshold: 3000 })],
        }),
        search(filter(all()), { aggregations: a1.aggs }),
        search(filter(range(end - HOUR, end)), { aggregations: [terms('device.id', 1000, [last])] }),
        search(filter(all()), { aggregations: [histogram(HOUR, [avg])] }),
        search(filter(all()), { aggregations: [terms('device.type', 10, [percentiles])] }),
        search(filter(all()), { aggregations: [terms('device.type', 10, [])] }),
        search(filter(all()), { aggregations: [terms('device.firmware', 10, [avg])] }),
        search(filter({ kind: 'tokens', field: 'message', tokens: [words[20 + below(50)] ?? ''], minimum: 1 }, all()), {
          aggregations: [histogram(300_000, [])],
        }),
      ],
      () => [
        `SELECT uniqCombined64(${device}) FROM ${table} WHERE ${time} >= ${end - 300_000} AND ${time} < ${end}`,
        a1.sql(),
        lastOf(end - HOUR),
        `SELECT intDiv(${minute}, 60) k, count(), avg(${temperature}) FROM ${table} WHERE ${during()} GROUP BY k`,
        a3sql(),
        `SELECT ${type} k, count() FROM ${table} WHERE ${during()} GROUP BY k`,
        `SELECT ${column('device.firmware')} k, count(), avg(${temperature}) FROM ${table} WHERE ${during()} GROUP BY k`,
        `SELECT intDiv(${minute}, 5) k, count() FROM ${table} WHERE hasAnyTokens(${message}, ['${words[20 + below(50)]}']) AND ${during()} GROUP BY k`,
      ],
    ),
  ]
}
