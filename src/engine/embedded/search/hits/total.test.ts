import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../sql.ts'
import { type Condition, leaf } from '../query/condition.ts'
import { createStatements, type Statements } from '../statement.ts'
import { type Fixture, startFixture } from '../testing/fixture.ts'
import { KnownCounts } from './known-counts.ts'
import { type CountContext, countMatches, type Total } from './total.ts'

let fixture: Fixture

beforeAll(async () => {
  const documents = ['one', 'two', 'three'].map((word) => ({ values: { word }, source: word }))
  fixture = await startFixture([{ name: 'a', fields: { word: { type: 'keyword' } }, documents }])
})

afterAll(() => fixture.close())

const beyond = (seqNo: number): Condition => leaf(sql`_seq > ${seqNo}`, { nullable: false })

interface Asking {
  readonly name: string
  readonly matches: Condition
  readonly limit: number
  /** Highest sequence number that searches see by then. */
  readonly visibleSeqNo: number
  readonly want: Total
  readonly statements: number
}

/** One after the other, of the same table. */
const asked: readonly Asking[] = [
  { name: 'first', matches: beyond(0), limit: 10, visibleSeqNo: 2, want: { value: 2, relation: 'eq' }, statements: 1 },
  { name: 'again', matches: beyond(0), limit: 10, visibleSeqNo: 2, want: { value: 2, relation: 'eq' }, statements: 0 },
  { name: 'something else', matches: beyond(1), limit: 10, visibleSeqNo: 2, want: { value: 1, relation: 'eq' }, statements: 1 },
  { name: 'less of it', matches: beyond(0), limit: 1, visibleSeqNo: 2, want: { value: 1, relation: 'gte' }, statements: 1 },
  { name: 'after a write', matches: beyond(0), limit: 10, visibleSeqNo: 3, want: { value: 2, relation: 'eq' }, statements: 1 },
]

test('matches are counted once until something is written', async () => {
  const counts = new KnownCounts()
  for (const { name, matches, limit, visibleSeqNo, want, statements } of asked) {
    const { context, ran } = counting(counts)
    const target = { layout: { ...fixture.layout('a'), visibleSeqNo }, matches }
    const total = await countMatches([target], limit, context)
    expect({ name, total, statements: ran() }).toEqual({ name, total: want, statements })
  }
})

test('a count that rows of the next moment may be among is not kept', async () => {
  const counts = new KnownCounts()
  const target = { layout: { ...fixture.layout('a'), overtaken: () => true }, matches: beyond(0) }
  for (let i = 0; i < 2; i++) {
    const { context, ran } = counting(counts)
    await countMatches([target], 10, context)
    expect(ran()).toBe(1)
  }
})

/** The statements of one request, and how many of them ran. */
function counting(counts: KnownCounts): { readonly context: CountContext; readonly ran: () => number } {
  const signal = new AbortController().signal
  const now = (): number => performance.now()
  const real = createStatements({ lanes: fixture.lanes, lane: 'reader', signal, timeoutMs: 10_000, now, memoryBytes: 1e8 })
  let ran = 0
  const select: Statements['select'] = (...statement) => {
    ran++
    return real.select(...statement)
  }
  return { context: { statements: { ...real, select }, counts }, ran: () => ran }
}
