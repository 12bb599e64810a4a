import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../src/core/json.ts'
import { silentLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import type { AggregationResults, MetricAggregation, NamedAggregation } from '../src/query/aggregation.ts'
import type { Query } from '../src/query/ast.ts'
import type { SortKey } from '../src/query/sort.ts'
import type { NestedObjects } from '../src/query/nested-objects.ts'
import type { Engine, EngineInnerPage, EngineSearch, EngineSearchResult, WriteOperation } from '../src/engine/engine.ts'
import { MemoryEngine } from '../src/engine/memory/memory-engine.ts'
import { EmbeddedEngine } from '../src/engine/embedded/embedded-engine.ts'
import { seeded } from '../src/engine/embedded/search/testing/random-requests.ts'
import { deleting, indexing, testHost, testIndex } from '../src/engine/embedded/testing/test-host.ts'

const SEED = Number(process.env['SEED'] ?? 1)
const DOCUMENTS = Number(process.env['DOCUMENTS'] ?? 300)
const ROUNDS = Number(process.env['ROUNDS'] ?? 25)

const plain = { includeInParent: false, includeInRoot: false }
const NESTED: readonly NestedObjects[] = [
  { path: 'parts', parent: '', depth: 1, ...plain },
  { path: 'parts.marks', parent: 'parts', depth: 2, ...plain },
  { path: 'parts.marks.by', parent: 'parts.marks', depth: 3, ...plain },
  { path: 'notes', parent: '', depth: 1, ...plain },
]
const index = testIndex(
  'nested',
  {
    kind: 'keyword',
    n: 'long',
    'parts.name': 'keyword',
    'parts.wear': 'long',
    'parts.text': 'text',
    'parts.marks.at': 'long',
    'parts.marks.color': 'keyword',
    'parts.marks.by.who': 'keyword',
    'notes.text': 'text',
  },
  { nested: NESTED },
)
const host = testHost([index])
const folder = mkdtempSync(join(tmpdir(), 'elkhorn-nested-'))
const open = (): EmbeddedEngine => new EmbeddedEngine({ dataPath: folder, host, log: silentLog, clock: systemClock })
const memory = new MemoryEngine(host.map)
let engine: Engine = open()

const random = seeded(SEED)
const below = (n: number): number => Math.floor(random() * n)
const WORDS = ['red', 'green', 'blue', 'black', 'white']
const word = (): string => WORDS[below(WORDS.length)] ?? ''
const list = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make)
const text = (): string => list(5, word).join(' ')

function randomDocument(): JsonObject {
  const by = (): JsonObject => ({ who: word() })
  const mark = (): JsonObject => ({ at: list(2, () => below(10)), ...(below(3) > 0 && { color: word() }), by: list(2, by) })
  const part = (): JsonObject => ({ name: word(), wear: list(2, () => below(20)), text: text(), marks: list(2, mark) })
  return { kind: word(), n: below(50), ...(below(5) > 0 && { parts: list(3, part) }), notes: list(2, () => ({ text: text() })) }
}

beforeAll(async () => {
  await engine.start()
  await both(Array.from({ length: DOCUMENTS }, (_, id) => indexing(index, randomDocument(), { id: `d${id}` })))
  await engine.refresh([index.uuid])
  const changes = Array.from({ length: DOCUMENTS / 10 }, (_, i) => {
    const id = `d${below(DOCUMENTS)}`
    return i % 3 === 0 ? deleting(index, id) : indexing(index, randomDocument(), { id })
  })
  await both(changes)
  await engine.refresh([index.uuid])
})

async function both(operations: readonly WriteOperation[]): Promise<void> {
  for (const one of [memory, engine]) {
    for (const result of await one.write(operations)) expect(result).not.toHaveProperty('error')
  }
}

afterAll(async () => {
  await engine.stop()
  rmSync(folder, { recursive: true })
})

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  '': ['kind', 'n'],
  parts: ['parts.name', 'parts.wear', 'parts.text'],
  'parts.marks': ['parts.marks.at', 'parts.marks.color'],
  'parts.marks.by': ['parts.marks.by.who'],
  notes: ['notes.text'],
}

function leaf(scope: string): Query {
  const fields = LEAVES[scope] ?? []
  const path = fields[below(fields.length)] ?? ''
  switch (index.fields.find(path)?.type) {
    case 'long': {
      const gte = below(20)
      return below(2) === 0
        ? { kind: 'terms', field: path, values: [gte] }
        : { kind: 'range', field: path, bounds: { gte, lt: gte + 8 } }
    }
    case 'text':
      return below(2) === 0
        ? { kind: 'tokens', field: path, tokens: [word(), word()], minimum: 1 }
        : {
            kind: 'phrase',
            field: path,
            phrase: {
              places: [
                { tokens: [word()], position: 0 },
                { tokens: [word()], position: 1 },
              ],
              slop: 0,
              lastIsPrefix: false,
              maxExpansions: 50,
            },
          }
    default:
      return below(2) === 0
        ? { kind: 'terms', field: path, values: [word(), word()] }
        : { kind: 'pattern', field: path, pattern: { kind: 'wildcard', wildcard: `*${word().slice(1, 3)}*`, ignoreCase: false } }
  }
}

/** Any query about the rows of a scope: what is nested may be asked for from any scope around it. */
function randomQuery(scope: string, depth: number): Query {
  const inside = Object.keys(LEAVES).filter((path) => path !== scope && (scope === '' || path.startsWith(`${scope}.`)))
  const kind = below(depth > 2 ? 2 : 5)
  if (kind < 2) {
    const fields = LEAVES[scope] ?? []
    return below(6) === 0 ? { kind: 'exists', field: fields[below(fields.length)] ?? '' } : leaf(scope)
  }
  if (kind < 4 && inside.length > 0) {
    const path = inside[below(inside.length)] ?? ''
    return { kind: 'nested', path, query: randomQuery(path, depth + 1), scoreMode: 'avg' }
  }
  const some = (): Query[] => list(2, () => randomQuery(scope, depth + 1))
  const should = some()
  return { kind: 'bool', must: some(), filter: some(), should, mustNot: some(), minimumShouldMatch: Math.min(1, should.length) }
}

const METRICS: readonly MetricAggregation['kind'][] = ['avg', 'min', 'max', 'sum', 'stats', 'value_count', 'cardinality']

/** Any tree over the rows of a scope, which may go into other scopes and out again. */
function randomAggregations(scope: string, depth: number): NamedAggregation[] {
  const fields = (LEAVES[scope] ?? []).filter((path) => index.fields.find(path)?.type !== 'text')
  const numbers = fields.filter((path) => index.fields.find(path)?.type === 'long')
  const any = (from: readonly string[]): string => from[below(from.length)] ?? ''
  const children = (into: string): NamedAggregation[] => (depth > 3 ? [] : randomAggregations(into, depth + 1))
  const inside = Object.keys(LEAVES).filter((path) => path !== scope && (scope === '' || path.startsWith(`${scope}.`)))
  const around = ['', 'parts', 'parts.marks'].filter((path) => scope !== path && scope.startsWith(path))
  return list(2, (): Omit<NamedAggregation, 'name'> | undefined => {
    switch (below(6)) {
      case 0:
        if (numbers.length === 0) return undefined
        return {
          aggregation: {
            kind: METRICS[below(METRICS.length)] ?? 'avg',
            source: { field: any(numbers) },
            precisionThreshold: 3000,
          } as MetricAggregation,
          children: [],
        }
      case 1: {
        if (fields.length === 0) return undefined
        const order = [
          { by: '_count', order: 'desc' as const },
          { by: '_key', order: 'asc' as const },
        ]
        const aggregation = { kind: 'terms', source: { field: any(fields) }, size: 1 + below(8), order, minDocCount: 1 } as const
        return { aggregation, children: children(scope) }
      }
      case 2:
        return { aggregation: { kind: 'filter', query: [randomQuery(scope, 2)] }, children: children(scope) }
      case 3:
        if (around.length === 0) return undefined
        return below(2) === 0 ? undefined : going('reverse_nested', any(around), children)
      default:
        return inside.length === 0 ? going('reverse_nested', any(around), children) : going('nested', any(inside), children)
    }
  }).flatMap((one, i) => (one ? [{ name: `a${i}`, ...one }] : []))
}

function going(
  kind: 'nested' | 'reverse_nested',
  path: string,
  children: (into: string) => NamedAggregation[],
): Omit<NamedAggregation, 'name'> {
  return { aggregation: { kind, path }, children: children(path) }
}

const request = (query: Query, more: Partial<EngineSearch> = {}): EngineSearch => ({
  targets: [{ schema: index, query }],
  from: 0,
  size: DOCUMENTS,
  sort: [{ field: '_doc', order: 'asc', missing: 'last', mode: 'min' }],
  trackTotalHits: Infinity,
  trackScores: false,
  source: false,
  aggregations: [],
  maxBuckets: 65_536,
  timeoutMs: 60_000,
  signal: new AbortController().signal,
  ...more,
})

const ids = ({ hits, total }: EngineSearchResult): unknown => ({ ids: hits.map(({ id }) => id), total: total?.value })

test('random queries about nested objects find what object by object finds', async () => {
  let found = 0
  for (let round = 0; round < ROUNDS; round++) {
    const query = randomQuery('', 0)
    const asked = `SEED=${SEED} round ${round}: ${JSON.stringify(query)}`
    const [want, got] = await Promise.all([memory.search(request(query)), engine.search(request(query))])
    expect({ asked, ...(ids(got) as object) }).toEqual({ asked, ...(ids(want) as object) })
    if (want.hits.length > 0 && want.hits.length < DOCUMENTS / 2) found += 1
  }
  expect(found).toBeGreaterThan(ROUNDS / 5)
})

test('random aggregations into nested objects and out again give what object by object gives', async () => {
  let buckets = 0
  for (let round = 0; round < ROUNDS; round++) {
    const aggregations = randomAggregations('', 0)
    const query: Query = below(2) === 0 ? { kind: 'all' } : randomQuery('', 1)
    const asked = `SEED=${SEED} round ${round}: ${JSON.stringify({ query, aggregations })}`
    const search = request(query, { aggregations, size: 0 })
    const [want, got] = await Promise.all([memory.search(search), engine.search(search)])
    expect({ asked, found: plainResults(got.aggregations) }).toEqual({ asked, found: plainResults(want.aggregations) })
    buckets += want.aggregations.size
  }
  expect(buckets).toBeGreaterThan(ROUNDS / 2)
})

test('the objects of hits are those that match within each', async () => {
  const holders = (await engine.search(request({ kind: 'all' }, { size: 40 }))).hits
  const never = new AbortController().signal
  let found = 0
  for (let round = 0; round < ROUNDS / 4; round++) {
    const path = ['parts', 'parts.marks', 'parts.marks.by', 'notes'][below(4)] ?? 'parts'
    const query: Query = {
      kind: 'bool',
      must: [],
      filter: [randomQuery(path, 1)],
      should: [],
      mustNot: [],
      minimumShouldMatch: 0,
    }
    const sort =
      path === 'parts' && below(2) === 0 ? [{ field: 'parts.wear', order: 'asc', missing: 'last', mode: 'min' } as const] : []
    const asked = { schema: index, target: 0, path, query, from: below(2), size: 3, sort, timeoutMs: 60_000, signal: never }
    const [want, got] = await Promise.all([memory, engine].map((one) => one.innerHits({ ...asked, holders })))
    const what = `SEED=${SEED} round ${round}: ${JSON.stringify(query)}`
    expect({ what, pages: got?.map(objectsOf) }).toEqual({ what, pages: want?.map(objectsOf) })
    const objects = want?.flatMap(({ hits }) => hits) ?? []
    found += objects.length
    if (path !== 'parts' || objects.length === 0) continue
    const deeper = { ...asked, path: 'parts.marks', query: randomQuery('parts.marks', 2), sort: [] }
    const [wantDeeper, gotDeeper] = await Promise.all(
      [memory, engine].map((one) => one.innerHits({ ...deeper, holders: objects })),
    )
    expect({ what, pages: gotDeeper?.map(objectsOf) }).toEqual({ what, pages: wantDeeper?.map(objectsOf) })
  }
  expect(found).toBeGreaterThan(50)
})

const objectsOf = ({ total, hits }: EngineInnerPage): unknown => [total, hits.map(({ id, object, sort }) => [id, object, sort])]

test('hits are sorted by their nested objects, whichever are asked for', async () => {
  for (let round = 0; round < ROUNDS / 2; round++) {
    const isDeep = below(2) === 0
    const filter = (path: string): readonly Query[] | undefined =>
      below(2) === 0
        ? [{ kind: 'bool', must: [leaf(path)], filter: [], should: [], mustNot: [], minimumShouldMatch: 0 }]
        : undefined
    const levels = isDeep
      ? [
          ...(below(2) === 0 ? [{ path: 'parts', filter: filter('parts') }] : []),
          { path: 'parts.marks', filter: filter('parts.marks') },
        ]
      : [{ path: 'parts', filter: filter('parts') }]
    const key: SortKey = {
      field: isDeep ? (['parts.marks.at', 'parts.marks.color'][below(2)] ?? '') : (['parts.wear', 'parts.name'][below(2)] ?? ''),
      order: below(2) === 0 ? 'asc' : 'desc',
      missing: below(3) === 0 ? 'first' : 'last',
      mode: (['min', 'max'] as const)[below(2)] ?? 'min',
      nested: { levels, maxChildren: below(3) === 0 ? 1 : undefined },
    }
    const search = request({ kind: 'all' }, { sort: [key], from: below(5), size: 60 })
    const [want, got] = await Promise.all([memory.search(search), engine.search(search)])
    const what = `SEED=${SEED} round ${round}: ${JSON.stringify(key)}`
    const rows = ({ hits }: EngineSearchResult): unknown => hits.map(({ id, sort }) => [id, sort])
    expect({ what, rows: rows(got) }).toEqual({ what, rows: rows(want) })
  }
})

/** Numbers to nine digits: sums are added up in another order. */
function plainResults(results: AggregationResults): unknown {
  return JSON.parse(
    JSON.stringify(sorted(results), (_, value: unknown) => {
      if (value instanceof Map) return sorted(value as AggregationResults)
      return typeof value === 'number' ? Number(value.toPrecision(9)) : value
    }),
  )
}

const sorted = (results: AggregationResults): unknown => [...results].toSorted(([a], [b]) => (a < b ? -1 : 1))

test('hits within buckets are objects of their documents', async () => {
  const sort = [{ field: 'parts.wear', order: 'desc', missing: 'last', mode: 'max' }] as const
  const hits: NamedAggregation = { name: 'h', aggregation: { kind: 'top_hits', from: 1, size: 3, sort }, children: [] }
  const order = [{ by: '_key', order: 'asc' as const }]
  const terms: NamedAggregation = {
    name: 't',
    aggregation: { kind: 'terms', source: { field: 'parts.name' }, size: 10, order, minDocCount: 1 },
    children: [hits],
  }
  const aggregations: NamedAggregation[] = [
    { name: 'n', aggregation: { kind: 'nested', path: 'parts' }, children: [hits, terms] },
  ]
  const [want, got] = await Promise.all(
    [memory, engine].map(async (one) => {
      const found = (await one.search(request({ kind: 'all' }, { aggregations, size: 0 }))).aggregations.get('n')
      const [all, byName] = found?.kind === 'single' ? [found.children.get('h'), found.children.get('t')] : []
      const buckets = byName?.kind === 'buckets' ? byName.buckets.map(({ children }) => children.get('h')) : []
      return [all, ...buckets].map((list) =>
        list?.kind === 'hits'
          ? {
              total: list.total,
              hits: list.hits.map(({ id, object, sort: values, source }) => ({
                id,
                object,
                values,
                source: Buffer.from(source ?? []).toString(),
              })),
            }
          : undefined,
      )
    }),
  )
  expect(want?.[0]?.hits[0]).toMatchObject({ object: { path: 'parts' } })
  expect(got).toEqual(want)
})

test.each(['avg', 'sum', 'min', 'max', 'none'] as const)('scores of nested objects make one: %s', async (scoreMode) => {
  const scored: Query = {
    kind: 'function_score',
    query: { kind: 'range', field: 'parts.wear', bounds: { gte: 5 } },
    functions: [
      {
        filter: { kind: 'all' },
        weight: 1,
        value: { kind: 'field', field: 'parts.wear', factor: 1, modifier: 'none', missing: 0 },
      },
    ],
    scoreMode: 'multiply',
    boostMode: 'replace',
    maxBoost: Infinity,
  }
  const query: Query = { kind: 'nested', path: 'parts', query: scored, scoreMode, boost: 2 }
  const answers = [memory, engine].map(async (one) => {
    const { hits } = await one.search(request(query, { sort: [], trackScores: true }))
    return new Map(hits.map(({ id, score }) => [id, score]))
  })
  const [want, got] = await Promise.all(answers)
  expect(want?.size).toBeGreaterThan(10)
  expect(got).toEqual(want)
})

test('a process that ended without storing loses no object and has none twice', async () => {
  const query: Query = {
    kind: 'nested',
    path: 'parts',
    query: { kind: 'terms', field: 'parts.name', values: ['late'] },
    scoreMode: 'avg',
  }
  await both([indexing(index, { parts: [{ name: 'late' }, { name: 'late' }] }, { id: 'late' })])
  const before = engine as EmbeddedEngine
  process.kill(before.childPid ?? 0, 'SIGKILL')
  await before.refresh([index.uuid])
  expect(ids(await before.search(request(query)))).toEqual({ ids: ['late'], total: 1 })
  await before.stop()
  engine = open()
  await engine.start()
  expect(ids(await engine.search(request(query)))).toEqual({ ids: ['late'], total: 1 })
  const all: Query = { kind: 'nested', path: 'parts.marks', query: { kind: 'all' }, scoreMode: 'avg' }
  expect(ids(await engine.search(request(all)))).toEqual(ids(await memory.search(request(all))))
  const [stats] = (await engine.stats([index.uuid])).values()
  const [documents] = (await memory.stats([index.uuid])).values()
  expect(stats?.documents).toBe(documents?.documents)
})

test('objects go with their index', async () => {
  await engine.deleteIndex(index.uuid)
  await engine.createIndex(index)
  expect(ids(await engine.search(request({ kind: 'nested', path: 'parts', query: { kind: 'all' }, scoreMode: 'avg' })))).toEqual({
    ids: [],
    total: 0,
  })
})
