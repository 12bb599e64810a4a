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
import { identifier, joinSql, sql, type Sql } from '../sql.ts'
import { testIndex } from '../testing/test-host.ts'
import { newShape } from './column-shape.ts'
import { createTable, qualified } from './ddl.ts'
import { EMPTY_SUMMARY, layoutOf } from './stored-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-ddl-'))
const lanes = new LanePool(join(folder, 'engine'), [], silentLog)
beforeAll(async () => {
  await lanes.process.start()
  await lanes.run('schema', sql`CREATE DATABASE ${identifier(DATABASE)}`)
})
afterAll(async () => {
  await lanes.process.stop()
  rmSync(folder, { recursive: true })
})

const read = { lane: 'reader', signal: new AbortController().signal, timeoutMs: 10_000 } as const

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
  const columns = { shapes, abridgedBy: undefined, timeColumn: time.name, updatable: false, idIndex: false }
  const size = { bytes: 0, parts: 1 }
  const layout = layoutOf({ ...stored, columns, summary, size, visibleSeqNo: ROWS - 1 }, columns, index)

  /** Rows of the granules that a statement would look at. */
  const lookedAt = async (condition: Condition): Promise<number> => {
    const statement = sql`EXPLAIN ESTIMATE SELECT ${identifier('_seq')} FROM ${qualified(name)} ${where(condition)}`
    const { data } = JSON.parse((await lanes.query(statement, read)).toString('utf8')) as { data: unknown[][] }
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

test('doubles come back bit by bit, beside floats, from new parts and from merged ones', async () => {
  const index = testIndex('doubles', { first: 'double', second: 'double', third: 'float' })
  const types = { first: 'Float64', second: 'Float64', third: 'Float32' }
  const shapes = Object.keys(types).map((path) => {
    const field = index.fields.find(path)
    if (field === undefined) throw new Error('the index has the field')
    return newShape(field, path === 'third' ? 'float32' : 'float64', { isTime: false, norms: false })
  })
  const name = 'doubles'
  await lanes.run('schema', createTable({ name, shapes, timeColumn: undefined, dimensionColumns: [], ownIds: false }))

  // Decimals, whole numbers, what is odd about doubles, and all kinds of patterns of bits; every tenth is missing.
  const odd = sql`[-0.0, 0.1, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308, 9007199254740992.0, 123456.789, 0.30000000000000004, inf, nan]`
  const random = sql`reinterpretAsFloat64(sipHash64(number))`
  const kind = (column: number): Sql => {
    const n = sql`(number + ${column})`
    return sql`multiIf(${n} % 10 = 0, NULL, ${n} % 4 = 0, round(${n} / 97, 2), ${n} % 4 = 1, toFloat64(${n}), ${n} % 4 = 2, ${odd}[1 + ${n} % 9], ${random})`
  }
  const values = joinSql(
    Object.values(types).map(
      (type, i) => sql`CAST(${kind(i)} AS Nullable(${{ kind: 'sql', text: type }})) AS ${identifier(`v${i}`)}`,
    ),
    ', ',
  )
  const rows = (from: number, count: number): Sql =>
    sql`SELECT number AS ${identifier('_seq')}, ${values} FROM numbers(${from}, ${count})`
  const columns = joinSql(
    shapes.map((shape) => identifier(shape.name)),
    ', ',
  )
  for (const [from, count] of [
    [0, 1],
    [1, 510],
    [511, 1026],
    [1537, 60_000],
  ] as const) {
    const list = sql`${identifier('_seq')}, ${identifier('v0')}, ${identifier('v1')}, ${identifier('v2')}`
    await lanes.run(
      'writer',
      sql`INSERT INTO ${qualified(name)} (${identifier('_seq')}, ${columns}) SELECT ${list} FROM (${rows(from, count)})`,
    )
  }
  const sumOf = (of: readonly Sql[]): Sql => {
    const bits = of.map((value) => sql`isNull(${value}), hex(ifNull(${value}, 0))`)
    return sql`SELECT toString(sum(sipHash64(${joinSql([identifier('_seq'), ...bits], ', ')})))`
  }
  const answer = async (statement: Sql): Promise<string> =>
    (await lanes.query(statement, { ...read, format: 'JSONCompactEachRow' })).toString()
  const given = await answer(sql`${sumOf([0, 1, 2].map((i) => identifier(`v${i}`)))} FROM (${rows(0, 61_537)})`)
  const kept = sql`${sumOf(shapes.map((shape) => identifier(shape.name)))} FROM ${qualified(name)}`
  expect(await answer(kept)).toBe(given)
  await lanes.run('background', sql`OPTIMIZE TABLE ${qualified(name)} FINAL`)
  expect(await answer(kept)).toBe(given)
})
