import { seededRandom } from '../../src/sample/random.ts'
import { DEFAULT_SEED, DEVICES, START, vocabulary } from './iot-documents.ts'

export interface BenchRequest {
  readonly path: string
  readonly body: string
  readonly type: string
}

/** One measured question: made anew each time, so that no cache of results can answer it. */
export interface BenchQuery {
  readonly id: string
  readonly summary: string
  make(): BenchRequest
}

type Json = Readonly<Record<string, unknown>>

const HOUR = 3_600_000
const HOUR_OF_WEEK = "doc['@timestamp'].value.getDayOfWeekEnum().getValue() * 24 + doc['@timestamp'].value.getHour()"

/** The questions of the benchmark about an index with `documents` documents of the data set `iot`. */
export function iotQueries(index: string, documents: number, seed = `${Date.now()}`): BenchQuery[] {
  const random = seededRandom(`queries${seed}`)
  const words = vocabulary(seededRandom(`iot${DEFAULT_SEED}`))
  const below = (n: number): number => Math.floor(random() * n)
  const span = Math.floor(documents / DEVICES) * 10_000
  const end = START + span
  const between = (from: number, to: number): Json => ({
    range: { '@timestamp': { gte: new Date(from).toISOString(), lt: new Date(to).toISOString() } },
  })
  const all = (): Json => between(START + below(1000), end + 60_000 + below(1_000_000))
  const hour = (): Json => {
    const from = START + below(Math.max(1, span - HOUR))
    return between(from, from + HOUR)
  }
  const word = (n: number): string => words[n] ?? ''
  const hex = (): string => below(256).toString(16).padStart(2, '0')
  const aggregate = (filter: Json, aggs: Json): Json => ({ size: 0, query: { bool: { filter: [filter] } }, aggs })
  const histogram = (interval: string, aggs: Json): Json => ({
    h: { date_histogram: { field: '@timestamp', fixed_interval: interval }, aggs },
  })
  const average = { a: { avg: { field: 'temperature' } } }
  const newest = { size: 100, sort: [{ '@timestamp': 'desc' }] }

  const a1 = (filter: Json): Json => aggregate(filter, histogram('5m', { ...average, m: { max: { field: 'temperature' } } }))
  const a2 = (filter: Json): Json =>
    aggregate(filter, { d: { terms: { field: 'device.id', size: 50 }, aggs: histogram('1h', average) } })
  const a3 = (filter: Json): Json =>
    aggregate(filter, {
      t: { terms: { field: 'device.type' }, aggs: { p: { percentiles: { field: 'temperature', percents: [50, 95, 99] } } } },
    })
  const a7 = (filter: Json): Json =>
    aggregate(filter, {
      d: {
        terms: { field: 'device.id', size: 1000 },
        aggs: { l: { top_hits: { size: 1, sort: [{ '@timestamp': 'desc' }], _source: ['@timestamp', 'temperature'] } } },
      },
    })
  const match = (text: string): Json => ({ query: { match: { message: text } }, track_total_hits: true })

  const search = (id: string, summary: string, body: () => Json): BenchQuery => ({
    id,
    summary,
    make: () => ({ path: `/${index}/_search?request_cache=false`, body: JSON.stringify(body()), type: 'application/json' }),
  })
  /** Hour of the week, which takes a script. */
  const heatMap = (): Json =>
    aggregate(all(), { hour: { terms: { script: { source: HOUR_OF_WEEK }, size: 168 }, aggs: average } })
  const map = (): Json => aggregate(all(), { tile: { geotile_grid: { field: 'location', precision: 12 }, aggs: average } })
  const byHour = (): Json =>
    aggregate(all(), { hour: { date_histogram: { field: '@timestamp', calendar_interval: 'hour' }, aggs: average } })
  const byFirmware = (): Json => aggregate(all(), { firmware: { terms: { field: 'device.firmware' }, aggs: average } })
  const panels = (third: Json, seventh: Json): Json[] => [
    aggregate(between(end - 300_000, end), { online: { cardinality: { field: 'device.id' } } }),
    a1(all()),
    a7(between(end - HOUR - below(1000), end)),
    third,
    a3(all()),
    aggregate(all(), { t: { terms: { field: 'device.type' } } }),
    seventh,
    {
      size: 0,
      query: { bool: { must: [{ match: { message: word(20 + below(50)) } }], filter: [all()] } },
      aggs: histogram('5m', {}),
    },
  ]

  const dashboard = (id: string, summary: string, searches: () => Json[]): BenchQuery => ({
    id,
    summary,
    make: () => ({
      path: '/_msearch',
      body: searches()
        .map(
          (one) => `${JSON.stringify({ index, request_cache: false })}
${JSON.stringify(one)}
`,
        )
        .join(''),
      type: 'application/x-ndjson',
    }),
  })

  return [
    search('Q1', 'newest 100 of one device in an hour', () => ({
      ...newest,
      query: { bool: { filter: [{ term: { 'device.id': `dev-${1 + below(DEVICES)}` } }, hour()] } },
    })),
    search('Q2', 'count of an hour', () => ({ size: 0, track_total_hits: true, query: { bool: { filter: [hour()] } } })),
    search('A1', 'average and maximum by 5 minutes', () => a1(all())),
    search('A2', '50 devices by hour', () => a2(all())),
    search('A3', 'percentiles by type', () => a3(all())),
    search('A4', 'number of devices', () => aggregate(all(), { c: { cardinality: { field: 'device.id' } } })),
    search('A7', 'last value of each device', () => a7(all())),
    search('T1', 'a rare word', () => match(String(below(5003)))),
    search('T1 common', 'one of the most frequent words', () => match(word(below(3)))),
    search('T2', 'a phrase of two words', () => ({
      query: { match_phrase: { message: `${word(below(20))} ${word(below(20))}` } },
      track_total_hits: true,
    })),
    search('T3', 'a prefix', () => ({ query: { wildcard: { message: `${hex()}*` } }, track_total_hits: true })),
    search('S1', 'newest 100 of all', () => ({ ...newest, query: { bool: { filter: [all()] } } })),
    dashboard('D1', 'eight panels at once', () => panels(heatMap(), map())),
    dashboard('D1b', 'the same without script and map tiles', () => panels(byHour(), byFirmware())),
  ]
}
