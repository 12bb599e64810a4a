import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { builtInAnalysis } from '../../query/analysis/analysis.ts'
import { fieldList, type FieldSpec } from '../../query/field-list.ts'
import type { IndexSchema, WriteOperation } from '../engine.ts'
import { MemoryEngine } from './memory-engine.ts'
import { runSearch } from './testing/run-search.ts'
import { simpleMapper } from './testing/simple-mapper.ts'

interface Recorded {
  readonly fields: Readonly<Record<string, FieldSpec>>
  readonly documents: readonly JsonObject[]
  readonly searches: readonly {
    readonly request: JsonObject
    readonly total: number
    readonly hits: readonly (readonly [id: string, score: number | null, sort: readonly JsonValue[]])[]
    readonly aggregations?: JsonObject
  }[]
}

/** Random documents and searches, and what OpenSearch 2.19 answered. */
const recorded = JSON.parse(readFileSync(new URL('searches.recorded.json', import.meta.url), 'utf8')) as Recorded

const schemaOf = (fields: Readonly<Record<string, FieldSpec>>): IndexSchema => ({
  uuid: 'u',
  name: 'test',
  fields: fieldList(fields),
  analysis: builtInAnalysis,
  timeField: undefined,
  dimensions: [],
  createdAt: 0,
})

const encode = (document: JsonObject): Uint8Array => new TextEncoder().encode(JSON.stringify(document))

describe('as OpenSearch answers', () => {
  const schema = schemaOf(recorded.fields)
  const engine = new MemoryEngine(simpleMapper)
  beforeAll(() =>
    engine.write(
      recorded.documents.map((document, at): WriteOperation => ({
        index: schema,
        kind: 'index',
        id: String(at),
        source: encode(document),
      })),
    ),
  )

  test.each(recorded.searches.map((search) => ({ search, name: JSON.stringify(search.request) })))(
    '$name',
    async ({ search }) => {
      const answer = await runSearch(engine, schema, search.request, 0)
      const keys = search.request['sort']
      // Equal scores come in the order of OpenSearch's segments.
      const isOrdered = Array.isArray(keys) && keys[0] !== '_score'
      const rows = (hits: readonly (readonly [id: string, score: number | null, sort: readonly JsonValue[]])[]): unknown =>
        hits.map(([id, score, sort]) => (isOrdered ? [id, score, sort] : score))
      const got = {
        total: answer.total,
        hits: rows(answer.hits.map(({ id, score, sort }) => [id, score, sort])),
        aggregations: answer.aggregations,
      }
      const want = { total: search.total, hits: rows(search.hits), aggregations: search.aggregations ?? {} }
      expect(comparable(got)).toEqual(comparable(want))
    },
  )
})

/** OpenSearch looks at a part of the terms only; its counts of the others are guesses. */
const GUESSES = ['doc_count_error_upper_bound', 'sum_other_doc_count']

/** Numbers to five digits: OpenSearch sums floats in another order. */
function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) =>
      GUESSES.includes(key) ? undefined : typeof member === 'number' ? Number(member.toPrecision(5)) : member,
    ),
  )
}

describe('writing', () => {
  const schema = schemaOf({ n: 'long' })
  const operation = (more: Partial<WriteOperation>): WriteOperation => ({
    index: schema,
    kind: 'index',
    id: '1',
    source: encode({ n: 1 }),
    ...more,
  })
  const total = async (engine: MemoryEngine, to?: number): Promise<number> =>
    engine.count([{ schema, query: { kind: 'all' }, ...(to === undefined ? {} : { seqNoTo: to }) }], new AbortController().signal)

  test('versions, replacements and deletes', async () => {
    const engine = new MemoryEngine(simpleMapper)
    const results = await engine.write([
      operation({}),
      operation({ source: encode({ n: 2 }) }),
      operation({ kind: 'create' }),
      operation({ ifSeqNo: 0, ifPrimaryTerm: 1 }),
      operation({ kind: 'delete' }),
      operation({ kind: 'delete' }),
      operation({ kind: 'create' }),
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'created',
      'updated',
      'failed',
      'failed',
      'deleted',
      'not_found',
      'created',
    ])
    expect(results[1]).toMatchObject({ seqNo: 1, version: 2 })
    expect((await engine.get(schema, '1'))?.version).toBe(5)
    expect(await total(engine)).toBe(1)
    // A point in time sees what was there then.
    expect(await total(engine, 1)).toBe(1)
    expect(await total(engine, 2)).toBe(0)
  })

  test('ids are made where none is given', async () => {
    const engine = new MemoryEngine(simpleMapper)
    const { id: _, ...anonymous } = operation({})
    const [first, second] = await engine.write([anonymous, anonymous])
    expect(first?.id).not.toBe(second?.id)
    expect(await total(engine)).toBe(2)
  })

  test('listeners hear of what became searchable', async () => {
    const engine = new MemoryEngine(simpleMapper)
    const heard: [string, number][] = []
    const off = engine.onSearchable((uuid, upTo) => heard.push([uuid, upTo]))
    await engine.write([operation({}), operation({ id: '2' })])
    off()
    await engine.write([operation({ id: '3' })])
    expect(heard).toEqual([['u', 1]])
  })

  test('a search that is aborted is rejected', async () => {
    const engine = new MemoryEngine(simpleMapper)
    await expect(engine.count([], AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })
})

test('pages go on behind the last hit, missing values included', async () => {
  const schema = schemaOf({ n: 'long', k: 'keyword' })
  const engine = new MemoryEngine(simpleMapper)
  const documents = [{ n: 3, k: 'a' }, { k: 'b' }, { n: 1, k: 'c' }, { n: 2, k: 'd' }, { k: 'e' }, { n: 2, k: 'f' }]
  await engine.write(
    documents.map((document, at): WriteOperation => ({ index: schema, kind: 'index', id: String(at), source: encode(document) })),
  )
  for (const order of ['asc', 'desc']) {
    const body = { size: 2, sort: [{ n: order }, { k: 'asc' }] }
    const whole = await runSearch(engine, schema, { ...body, size: 10 }, 0)
    const ids: string[] = []
    let after: readonly JsonValue[] | undefined
    for (;;) {
      const { hits } = await runSearch(engine, schema, { ...body, ...(after ? { search_after: after } : {}) }, 0)
      if (hits.length === 0) break
      ids.push(...hits.map(({ id }) => id))
      after = hits[hits.length - 1]?.sort
    }
    expect(ids).toEqual(whole.hits.map(({ id }) => id))
    expect(ids).toHaveLength(documents.length)
  }
})

test('too many buckets are refused, also those that are added empty', async () => {
  const schema = schemaOf({ n: 'long' })
  const engine = new MemoryEngine(simpleMapper)
  await engine.write(
    [{ n: 0 }, { n: 1_000_000 }].map((document): WriteOperation => ({ index: schema, kind: 'index', source: encode(document) })),
  )
  const body = { size: 0, aggs: { a: { histogram: { field: 'n', interval: 1 } } } }
  await expect(runSearch(engine, schema, body, 0)).rejects.toThrow(
    expect.objectContaining({ type: 'too_many_buckets_exception' }),
  )
})

test('long whole numbers are counted as they are, nanoseconds as milliseconds', async () => {
  const schema = schemaOf({ n: 'long', at: 'date_nanos' })
  const engine = new MemoryEngine(simpleMapper)
  const source = new TextEncoder().encode('{"n":1152921504606846976,"at":"1969-12-31T23:59:59.999999999Z"}')
  await engine.write([{ index: schema, kind: 'index', source }])
  const body = { size: 0, aggs: { n: { terms: { field: 'n' } }, at: { terms: { field: 'at' } } } }
  const { aggregations } = await runSearch(engine, schema, body, 0)
  expect(aggregations).toMatchObject({
    n: { buckets: [{ key: 1152921504606846976n, doc_count: 1 }] },
    at: { buckets: [{ key: -1, doc_count: 1 }] },
  })
})

test('a sample takes a document once, and has it as often as its bucket', async () => {
  const schema = schemaOf({ at: 'date', k: 'keyword' })
  const engine = new MemoryEngine(simpleMapper)
  const twice = { at: ['2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'], k: 'a' }
  const once = { at: '2026-01-02T00:00:00Z', k: 'b' }
  await engine.write(
    [twice, once].map((document): WriteOperation => ({ index: schema, kind: 'index', source: encode(document) })),
  )
  const one = { sampler: { shard_size: 1 }, aggs: { keys: { terms: { field: 'k' } } } }
  const body = { size: 0, aggs: { times: { auto_date_histogram: { field: 'at', buckets: 1 }, aggs: { one } } } }
  const { aggregations } = await runSearch(engine, schema, body, 0)
  expect(aggregations).toMatchObject({
    times: { buckets: [{ doc_count: 3, one: { doc_count: 2, keys: { buckets: [{ key: 'a', doc_count: 2 }] } } }] },
  })
})
