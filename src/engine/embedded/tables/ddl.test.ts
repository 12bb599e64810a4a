import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import type { Bounds } from '../../../query/ast.ts'
import { LanePool } from '../lane-pool.ts'
import { DATABASE } from '../layout.ts'
import { and, type Condition, where } from '../search/query/condition.ts'
import { rangeCondition } from '../search/query/range.ts'
import { termsCondition } from '../search/query/terms.ts'
import { identifier, sql } from '../sql.ts'
import { testIndex } from '../testing/test-host.ts'
import { newShape } from './column-shape.ts'
import { createTable, qualified } from './ddl.ts'
import { EMPTY_SUMMARY, layoutOf } from './stored-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-ddl-'))
const lanes = new LanePool(join(folder, 'engine'), [], silentLog)
beforeAll(() => lanes.process.start())
afterAll(async () => {
  await lanes.process.stop()
  rmSync(folder, { recursive: true })
})

const START = 1_700_000_000_000
const DAY_MS = 86_400_000
/** 100 hosts, a document each every minute, for a day. */
const ROWS = 144_000
const GRANULE = 512

test('the key of a table rules out what a range of time and a dimension do not ask for', async () => {
  const index = testIndex('pruned', { '@timestamp': 'date', host: 'keyword' }, { timeField: '@timestamp', dimensions: ['host'] })
  const [timeField, hostField] = [index.fields.find('@timestamp'), index.fields.find('host')]
  if (timeField === undefined || hostField === undefined) throw new Error('the index has both fields')
  const time = newShape(timeField, 'int64', { isTime: true, norms: false })
  const host = newShape(hostField, 'dictionary', { isTime: false, norms: false })
  const name = 'pruned'
  await lanes.run('schema', sql`CREATE DATABASE ${identifier(DATABASE)}`)
  const table = { name, shapes: [time, host], timeColumn: time.name, dimensionColumns: [host.name], ownIds: false }
  await lanes.run('schema', createTable(table))
  await lanes.run(
    'writer',
    sql`INSERT INTO ${qualified(name)} (${identifier('_seq')}, ${identifier(time.name)}, ${identifier(host.name)})
SELECT number, ${START} + intDiv(number, 100) * 60000, concat('host-', toString(number % 100)) FROM numbers(${ROWS})`,
  )
  const shapes = new Map([
    [timeField.ordinal, time],
    [hostField.ordinal, host],
  ])
  const stored = {
    uuid: index.uuid,
    name,
    attached: true,
    holds: 0,
    onIdle: undefined,
    growing: false,
    trusting: new Set<never>(),
  }
  const summary = { ...EMPTY_SUMMARY, rows: ROWS, maxSeqNo: ROWS - 1, minTime: START, maxTime: START + DAY_MS - 60_000 }
  const columns = { shapes, timeColumn: time.name, updatable: false, idIndex: false }
  const size = { bytes: 0, parts: 1 }
  const layout = layoutOf({ ...stored, columns, summary, size, visibleSeqNo: ROWS - 1 }, columns, index)

  /** Rows of the granules that a statement would look at. */
  const lookedAt = async (condition: Condition): Promise<number> => {
    const statement = sql`EXPLAIN ESTIMATE SELECT ${identifier('_seq')} FROM ${qualified(name)} ${where(condition)}`
    const options = { lane: 'reader', signal: new AbortController().signal, timeoutMs: 10_000 } as const
    const { data } = JSON.parse((await lanes.query(statement, options)).toString('utf8')) as { data: unknown[][] }
    return Number(data[0]?.[3])
  }
  const during = (bounds: Bounds): Condition => rangeCondition({ ...time, field: timeField }, bounds, layout)
  const noon = START + DAY_MS / 2
  const hourFrom = (from: number): Condition => during({ gte: from, lt: from + 3_600_000 })
  expect(await lookedAt({ kind: 'always' })).toBe(ROWS)
  // An hour lies in at most seven slots of ten minutes, each of a thousand rows.
  for (const hour of [hourFrom(noon), hourFrom(noon + 12_345)]) {
    expect(await lookedAt(hour)).toBeLessThanOrEqual(7_000 + 2 * GRANULE)
  }
  const ofOne = termsCondition({ ...host, field: hostField }, ['host-7'])
  const condition = and([hourFrom(noon + 12_345), ofOne])
  expect(await lookedAt(condition)).toBeLessThanOrEqual(7 * 2 * GRANULE)
})
