import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ElkhornError } from '../src/core/errors.ts'
import type { JsonObject } from '../src/core/json.ts'
import { silentLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import type { Engine } from '../src/engine/engine.ts'
import { MemoryEngine } from '../src/engine/memory/memory-engine.ts'
import { runSearch } from '../src/engine/memory/testing/run-search.ts'
import { simpleMapper } from '../src/engine/memory/testing/simple-mapper.ts'
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts'
import { testHost, testIndex } from '../src/engine/embedded/testing/test-host.ts'
import { seeded } from '../src/engine/embedded/search/testing/random-requests.ts'

const index = testIndex(
  'scripts',
  {
    '@timestamp': 'date',
    device: 'keyword',
    tags: 'keyword',
    n: 'long',
    small: 'integer',
    x: 'double',
    f: 'float',
    on: 'boolean',
    when: 'date',
    address: 'ip',
    place: 'geo_point',
    stops: 'geo_point',
    rare: 'long',
    never: 'long',
  },
  { timeField: '@timestamp' },
)

const T0 = Date.UTC(2026, 0, 1)
const documents = Array.from({ length: 60 }, (_, i) => ({
  '@timestamp': T0 + i * 5_400_000 - (i % 7 === 3 ? 60 * 86_400_000 * 365 : 0),
  device: `dév-${i % 4}`,
  tags: i % 5 === 0 ? ['b', 'a', 'b'] : i % 5 === 1 ? [] : [`t${i % 3}`],
  n: i % 6 === 5 ? [7, i] : i * 1_000_003 - 20,
  small: (i % 11) - 5,
  x: i / 8 - 3,
  f: i * 0.1,
  on: i % 3 === 0,
  when: new Date(T0 - i * 86_400_000 * 31).toISOString(),
  address: `10.0.0.${i % 5}`,
  place: { lat: i / 2, lon: -i },
  ...(i % 9 === 4
    ? {}
    : {
        stops:
          i % 6 === 1
            ? [
                [-i, i / 2],
                [i, 1],
              ]
            : { lat: i / 2, lon: -i },
      }),
  ...(i % 10 === 0 ? { rare: i } : {}),
}))

/** So many documents in so few minutes that they are grouped by those first. */
const burst = testIndex('burst', { '@timestamp': 'date', small: 'integer' }, { timeField: '@timestamp' })
const burstDocuments = Array.from({ length: 200 }, (_, i) => ({ '@timestamp': T0 - 150_000 + i * 1_499, small: i % 11 }))

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-computed-'))
const embedded = new EmbeddedEngine({
  dataPath: folder,
  host: { ...testHost([index, burst]), map: simpleMapper },
  log: silentLog,
  clock: systemClock,
})
const memory = new MemoryEngine(simpleMapper)

beforeAll(async () => {
  await embedded.start()
  for (const engine of [embedded, memory]) {
    for (const [into, all] of [
      [index, documents],
      [burst, burstDocuments],
    ] as const) {
      await engine.createIndex(into)
      const operations = all.map((document, i) => ({
        index: into,
        kind: 'index' as const,
        id: String(i),
        source: Buffer.from(JSON.stringify(document)),
      }))
      await engine.write(operations)
      await engine.refresh([into.uuid])
    }
  }
})

afterAll(async () => {
  await embedded.stop()
  rmSync(folder, { recursive: true })
})

/** An answer, or the error that clients get. */
async function ask(engine: Engine, body: JsonObject, of = index): Promise<unknown> {
  try {
    const { maxScore, ...answer } = await runSearch(engine, of, body, T0)
    return rounded(answer.hits.length > 0 ? { ...answer, maxScore } : answer)
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    return {
      error: error.type,
      reason: error.reason,
      cause: error.causedBy?.type,
      because: error.causedBy?.reason,
      ...error.details,
    }
  }
}

/** Sums are not added in the same order. */
function rounded(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (_, value: unknown) =>
      typeof value === 'bigint'
        ? `${value}n`
        : typeof value === 'number' && (!Number.isInteger(value) || Math.abs(value) > 1e11)
          ? Number(value.toPrecision(11))
          : value,
    ),
  )
}

/** What both engines answer; they run the script, and one of them compiles it where it can. */
async function both(body: JsonObject, of = index): Promise<{ readonly got: unknown; readonly want: unknown }> {
  const [got, want] = await Promise.all([ask(embedded, body, of), ask(memory, body, of)])
  return { got: { body, got }, want: { body, got: want } }
}

/** Lists of what a script makes of the documents of all buckets. */
function kept(source: string, more: JsonObject = {}): JsonObject {
  const scripts = {
    init_script: 'state.l = []',
    map_script: `state.l.add(${source})`,
    combine_script: 'state.l',
    reduce_script: 'states',
  }
  const it = { scripted_metric: scripts }
  const within = { terms: { field: 'tags' }, aggs: { it, on: { filter: { term: { on: true } }, aggs: { it } } } }
  return { size: 0, ...more, aggs: { it, within, gaps: { histogram: { field: 'small', interval: 2 }, aggs: { it } } } }
}

const terms = (source: string, more: JsonObject = {}): JsonObject => ({
  size: 0,
  aggs: { by: { terms: { script: { source, params: { p: 3, name: 'x', text: 'dév' } }, size: 100, ...more } } },
})

test.each([
  `doc['@timestamp'].value.getDayOfWeekEnum().getValue() * 24 + doc['@timestamp'].value.getHour()`,
  `doc['device'].value + '-' + doc['small'].value`,
  `doc['n'].value / 7`,
  `doc['n'].value % 7`,
  `doc['small'].value / 2`,
  `(int) doc['x'].value`,
  `Math.round(doc['x'].value * 2)`,
  `doc['when'].value.year + '/' + doc['when'].value.monthValue + '/' + doc['when'].value.dayOfMonth`,
  `doc['@timestamp'].value.dayOfYear`,
  `doc['rare'].size() == 0 ? 'none' : doc['rare'].value > params.p ? 'big' : 'small'`,
  `if (doc['on'].value) { return 'on' } return doc['tags'].empty ? 'untagged' : doc['tags'].value`,
  `def d = doc['device'].value; int k = 2; return d.startsWith(params.text) && !d.endsWith('1') ? k : k * 3`,
  `doc[params.name].value > 0`,
  `double s = 0; int k = 3; if (doc['on'].value) { s += doc['x'].value; k = 7 } k += 1.5; s = s * k; return s > 1 ? 'a' + k : 'b'`,
  `null`,
  // Not expressions: they run as they are.
  `doc['tags']`,
  `String s = ''; for (t in doc['tags']) { s += t } return s`,
  `doc['device'].value.toUpperCase()`,
  `doc['device'].value.length()`,
  `doc['x'].value`,
  `doc['address'].value`,
  `def f = 'n'; return doc[f].value % 5`,
  `params._source.small`,
  `doc['place'].lat > 10`,
  `doc['when'].value.dayOfWeek`,
  `doc['when'].value.weekyear + '/' + doc['when'].value.weekOfWeekyear + '/' + doc['when'].value.centuryOfEra`,
  `doc['stops'].size() == 0 ? 'none' : doc['stops'].lats.length + '/' + Math.round(doc['stops'].planeDistance(1, 2))`,
  // Errors.
  `doc['rare'].value`,
  `doc['nope'].value`,
  `doc['never'].value`,
  `doc['n'].value / (doc['small'].value - 2)`,
  `doc['n'].value +`,
  `def x = new HashMap(); x.put('self', x); return x`,
  `def l = new ArrayList(); l.add(l); return l`,
])('terms of %s', async (source) => {
  const { got, want } = await both(terms(source))
  expect(got).toEqual(want)
})

test.each([
  `doc['@timestamp'].value.getHour()`,
  `doc['@timestamp'].value.minute`,
  `doc['@timestamp'].value.year + '-' + doc['@timestamp'].value.dayOfYear`,
  `doc['@timestamp'].value.getDayOfWeekEnum().getValue() < 5 ? 'work' : 'rest'`,
  // These do not follow from the minute.
  `doc['@timestamp'].value.second / 20`,
  `doc['@timestamp'].value.minute + doc['small'].value`,
])('terms of %s, of many documents a minute', async (source) => {
  const aggs = { mean: { avg: { field: 'small' } }, most: { max: { field: 'small' } } }
  const body = terms(source)
  const { by } = body['aggs'] as { readonly by: JsonObject }
  const { got, want } = await both({ ...body, aggs: { by: { ...by, aggs } } }, burst)
  expect(got).toEqual(want)
})

/** The first buckets of an answer, or why there are none. */
function brief(answer: unknown): string {
  const { aggregations, because } = answer as {
    readonly aggregations?: {
      readonly by: { readonly buckets: readonly { readonly key: unknown; readonly doc_count: number }[] }
    }
    readonly because?: string
  }
  return (
    aggregations?.by.buckets
      .slice(0, 3)
      .map((bucket) => `${String(bucket.key)}=${bucket.doc_count}`)
      .join(' ') ??
    because ??
    ''
  )
}

test.each([
  { source: `doc['small'].value / 2`, want: '0=16 -1=12 -2=12' },
  { source: `doc['rare'].size() == 0 ? 'none' : doc['rare'].value > params.p ? 'big' : 'small'`, want: 'none=54 big=5 small=1' },
  { source: `doc['tags']`, want: 'a=12 b=12 t0=12' },
  { source: `null`, want: '' },
  { source: `doc['small'].value / 0`, want: '/ by zero' },
  {
    source: `doc['rare'].value`,
    want: "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a field!",
  },
  { source: `doc['nope'].value`, want: 'No field found for [nope] in mapping' },
])('$source: $want', async ({ source, want }) => {
  expect(brief(await ask(embedded, terms(source)))).toBe(want)
})

test.each([
  { name: 'avg', body: { avg: { script: `doc['x'].value * 2 + doc['small'].value` } } },
  { name: 'value of a field', body: { sum: { field: 'n', script: `_value * 2` } } },
  { name: 'value of a keyword', body: { terms: { field: 'tags', script: `'<' + _value + '>'` } } },
  { name: 'long terms of a field', body: { terms: { field: 'small', script: `_value + 1`, size: 20 } } },
  { name: 'histogram', body: { histogram: { script: `doc['x'].value`, interval: 2 } } },
  {
    name: 'stats of what may be missing',
    body: { stats: { script: `if (doc['rare'].size() > 0) return doc['rare'].value; return null` } },
  },
  {
    name: 'dates',
    body: { date_histogram: { script: `doc['when'].value.toInstant().toEpochMilli() + 1`, calendar_interval: 'year' } },
  },
  { name: 'dates from 1970 on', body: { date_histogram: { script: `doc['on'].value ? 0 : 4e10`, calendar_interval: 'year' } } },
  { name: 'value type', body: { terms: { script: `doc['small'].value * 2`, value_type: 'long', size: 20 } } },
  { name: 'cardinality', body: { cardinality: { script: `doc['device'].value + doc['on'].value` } } },
  { name: 'date terms', body: { max: { script: `doc['when'].value` } } },
  { name: 'networks', body: { ip_prefix: { field: 'address', prefix_length: 30 } } },
  {
    name: 'networks of IPv6',
    body: { ip_prefix: { field: 'address', prefix_length: 64, is_ipv6: true, append_prefix_length: true, keyed: true } },
  },
  {
    name: 'a track',
    body: { geo_line: { point: { field: 'stops' }, sort: { field: '@timestamp' }, include_sort: true, size: 20 } },
  },
  { name: 'a whole track', body: { geo_line: { point: { field: 'place' }, sort: { field: 'x' }, sort_order: 'DESC' } } },
  { name: 'percentiles', body: { percentiles: { script: `Math.sqrt(Math.abs(doc['x'].value))` } } },
])('$name', async ({ body }) => {
  const { got, want } = await both({ size: 0, aggs: { it: body, within: { terms: { field: 'device' }, aggs: { it: body } } } })
  expect(got).toEqual(want)
})

// Cells as the examples of https://h3geo.org have them: of the point 0, 0.
test.each([
  { precision: 0, cell: '8075fffffffffff' },
  { precision: 5, cell: '85754e67fffffff' },
])('a hexagon of H3: $cell', async ({ precision, cell }) => {
  const aggs = { cells: { geohex_grid: { field: 'place', precision } } }
  expect(await ask(embedded, { size: 0, query: { ids: { values: ['0'] } }, aggs })).toMatchObject({
    aggregations: { cells: { buckets: [{ key: cell, doc_count: 1 }] } },
  })
})

const script = (source: string): JsonObject => ({ script: { script: { source, params: { p: 3 } } } })
const scored = (source: string, more: JsonObject = {}): JsonObject => ({
  size: 70,
  query: { script_score: { query: { range: { small: { gte: 0 } } }, script: { source }, ...more } },
})

test.each([
  { size: 70, query: script(`doc['small'].value > params.p`) },
  { size: 70, query: { bool: { must_not: [script(`doc['on'].value || doc['x'].value < 0`)] } } },
  { size: 70, query: { bool: { filter: [{ exists: { field: 'rare' } }, script(`doc['rare'].value % 20 == 0`)] } } },
  { size: 70, query: { bool: { should: [script(`doc['n'].value > 30000000`), { term: { device: 'dév-1' } }] } } },
  { size: 70, query: script(`for (t in doc['tags']) { if (t.equals('b')) return true; } return false`) },
  { query: script(`doc['rare'].value > 1`) },
  {
    size: 70,
    query: script(`true`),
    sort: [{ _script: { type: 'number', order: 'desc', script: `doc['small'].value * doc['x'].value` } }],
  },
  { size: 70, sort: [{ _script: { type: 'string', script: `doc['tags'].empty ? 'z' : doc['tags'].value` } }, { n: 'asc' }] },
  ...(['min', 'max', 'avg', 'median'] as const).flatMap((mode) =>
    (['asc', 'desc'] as const).map((order) => ({
      size: 70,
      sort: [{ _geo_distance: { stops: ['20,-20', [3, 4]], mode, order, unit: 'km' } }],
    })),
  ),
  { size: 70, sort: [{ _geo_distance: { stops: { lat: 1, lon: 1 } } }], search_after: ['Infinity'] },
  { size: 3, sort: [{ _geo_distance: { stops: { lat: 1, lon: 1 }, unit: 'km' } }], search_after: [1000] },
  { size: 70, sort: [{ _geo_distance: { nowhere: [0, 0] } }] },
  { size: 70, sort: [{ _geo_distance: { nowhere: [0, 0], ignore_unmapped: true } }] },
  { size: 70, sort: [{ _geo_distance: { n: [0, 0] } }] },
  { size: 70, sort: [{ _script: { type: 'string', script: `doc['device'].value.substring(2)` } }], search_after: ['v-2'] },
  scored(`doc['small'].value / 3.0`),
  scored(`doc['small'].value`, { min_score: 2, boost: 2 }),
  scored(`_score + saturation(doc['small'].value, 2)`),
  scored(`doc['small'].value - 1`),
  scored(`decayNumericGauss(3, 2, 0, 0.5, doc['small'].value)`),
  scored(`def all = 0; for (t in doc['tags']) { all += t.length() } return all + _score`),
  scored(`def s = _score; return s * params.by`, { boost: 2 }),
  scored(`double s = _score; return doc['small'].value - s`),
  { size: 0, query: { match: { device: 'dév-1' } }, aggs: { by: { terms: { script: '_score' } } } },
  {
    size: 70,
    query: { match: { device: 'dév-1' } },
    sort: [{ _script: { type: 'number', script: `_score + doc['small'].value` } }],
  },
  {
    size: 70,
    runtime_mappings: {
      hour: { type: 'long', script: `emit(doc['@timestamp'].value.hour)` },
      late: { type: 'boolean', script: `emit(doc['hour'].value >= 12)` },
      words: { type: 'keyword', script: `for (t in doc['tags']) emit(t + '!')` },
      ip: { type: 'ip', script: `emit(doc['address'].value)` },
      half: { type: 'double', script: `if (doc['small'].value > 0) emit(doc['small'].value / 2.0)` },
      small_: { type: 'long' },
      day: { type: 'date', script: `emit(doc['when'].value.millis)` },
      spot: { type: 'geo_point', script: `emit(doc['place'].lat, doc['place'].lon / 2)` },
    },
    query: { bool: { filter: [{ range: { hour: { gte: 6 } } }, { exists: { field: 'half' } }, { prefix: { words: 't' } }] } },
    sort: [{ half: 'desc' }, { day: 'asc' }],
    aggs: {
      late: { terms: { field: 'late' }, aggs: { hours: { histogram: { field: 'hour', interval: 6 } } } },
      ips: { terms: { field: 'ip' } },
      words: { terms: { field: 'words', include: 't.*' } },
      days: { date_histogram: { field: 'day', calendar_interval: 'year' } },
      box: { geo_bounds: { field: 'spot' } },
      none: { missing: { field: 'half' } },
      small: { value_count: { field: 'small_' } },
    },
  },
  kept(`doc['small'].value`),
  kept(`params['_source'].x`, { query: { range: { small: { gt: 1 } } } }),
  kept(`doc['tags'].join('+') + doc['stops'].size() + (doc['place'].lat > 4) + doc['address'].value`),
  kept(`_score`, { query: { match: { device: 'dév-1' } } }),
  kept(`doc['half'].value`, { runtime_mappings: { half: { type: 'double', script: `emit(doc['small'].value / 2.0)` } } }),
  kept(`doc['never'].value`),
])('search %j', async (body) => {
  const { got, want } = await both(body)
  expect(got).toEqual(want)
})

const SEED = Number(process.env['SEED'] ?? 1)

test('random expressions mean the same in both engines', async () => {
  const random = seeded(SEED)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const number = (depth: number): string => {
    if (depth === 0 || random() < 0.2) {
      return pick([
        `doc['n'].value`,
        `doc['small'].value`,
        `doc['x'].value`,
        `doc['f'].value`,
        `doc['tags'].size()`,
        `doc['when'].value.millis`,
        `doc['@timestamp'].value.hour`,
        `doc['when'].value.dayOfMonth`,
        String(Math.floor(random() * 20) - 5),
        `2147483647`,
        `9007199254740993L`,
        `0.5`,
        `params.p`,
        `(doc['rare'].empty ? 1 : doc['rare'].value)`,
      ])
    }
    return pick([
      () => `(${number(depth - 1)} ${pick(['+', '-', '*', '/', '%'])} ${number(depth - 1)})`,
      () => `(${condition(depth - 1)} ? (long) ${number(depth - 1)} : (long) ${number(depth - 1)})`,
      () => `(int) ${number(depth - 1)}`,
      () => `(-${number(depth - 1)})`,
      () => `Math.${pick(['abs', 'floor', 'round', 'ceil'])}(${number(depth - 1)})`,
      () => `Math.${pick(['min', 'max'])}(${number(depth - 1)}, ${number(depth - 1)})`,
    ])()
  }
  const condition = (depth: number): string => {
    if (depth === 0) return pick([`doc['on'].value`, `doc['device'].value == 'dév-1'`, `doc['tags'].size() > 0`])
    return pick([
      () => `(${number(depth - 1)} ${pick(['<', '<=', '>', '>=', '==', '!='])} ${number(depth - 1)})`,
      () => `(${condition(depth - 1)} ${pick(['&&', '||'])} ${condition(depth - 1)})`,
      () => `!${condition(depth - 1)}`,
    ])()
  }
  for (let round = 0; round < 60; round++) {
    // What is no number is left out by some aggregate functions and spreads through others.
    const source = `def v = ${number(3)}; return v == v ? (double) v : 0.0`
    const { got, want } = await both({ size: 0, aggs: { by: { stats: { script: { source, params: { p: 3 } } } } } })
    expect(got).toEqual(want)
  }
})
