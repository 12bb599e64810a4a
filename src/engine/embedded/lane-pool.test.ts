import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../core/log.ts'
import { StatementError } from './lanes.ts'
import { LanePool } from './lane-pool.ts'
import { sql } from './sql.ts'

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-lanes-'))
const lanes = new LanePool(join(folder, 'engine'), [], silentLog)
const never = new AbortController().signal
const options = { lane: 'reader', signal: never, timeoutMs: 10_000 } as const

const rows = async (statement: ReturnType<typeof sql>, more: object = {}): Promise<unknown> =>
  (JSON.parse((await lanes.query(statement, { ...options, ...more })).toString('utf8')) as { data: unknown }).data

beforeAll(() => lanes.process.start())
afterAll(async () => {
  await lanes.process.stop()
  rmSync(folder, { recursive: true })
})

describe('statements', () => {
  test('answer in the format asked for', async () => {
    expect(await rows(sql`SELECT ${'a\n\0\'"\\é😀'} AS a, ${[1, 2.5, null]} AS b`)).toEqual([['a\n\0\'"\\é😀', [1, 2.5, null]]])
    const bytes = await lanes.query(sql`SELECT toUInt16(number) FROM numbers(3)`, { ...options, format: 'RowBinary' })
    expect([...bytes]).toEqual([0, 0, 1, 0, 2, 0])
  })

  test('carry settings, also where they are unions', async () => {
    const answer = await rows(sql`SELECT getSetting('max_rows_to_group_by') UNION ALL SELECT toUInt64(1)`, {
      settings: { max_rows_to_group_by: 77 },
    })
    expect(answer).toEqual(expect.arrayContaining([[77], [1]]))
  })

  test.each([
    { name: 'unknown table', statement: sql`SELECT * FROM nowhere`, code: 60 },
    {
      name: 'timeout',
      statement: sql`SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(rand())`,
      timeoutMs: 100,
      code: 159,
    },
    {
      name: 'too many groups',
      statement: sql`SELECT number FROM numbers(100) GROUP BY number`,
      settings: { max_rows_to_group_by: 10 },
      code: 158,
    },
  ])('fail with the code of the engine: $name', async ({ statement, code, ...more }) => {
    const failure = await lanes.query(statement, { ...options, ...more }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StatementError)
    expect((failure as StatementError).code).toBe(code)
  })

  test('leave nothing of what they had printed before they failed to the next', async () => {
    const bytes = { ...options, format: 'RowBinary' as const }
    const failing = sql`SELECT number, throwIf(number = 5000) FROM numbers(100000) SETTINGS max_block_size = 100`
    // As many as there are lanes of the kind: each of them has failed then.
    const failures = Array.from({ length: 4 }, () => lanes.query(failing, bytes).catch((error: unknown) => error))
    for (const failure of await Promise.all(failures)) expect(failure).toMatchObject({ code: 395 })
    const answers = await Promise.all(Array.from({ length: 4 }, () => lanes.query(sql`SELECT toUInt16(7)`, bytes)))
    expect(answers.map((answer) => [...answer])).toEqual(Array.from({ length: 4 }, () => [7, 0]))
  })

  test('run side by side on the lanes of one kind and wait for a free one', async () => {
    // Each says when it began by the engine's own clock, and is under way for a second then.
    const beginnings = Array.from({ length: 6 }, async () => {
      const answer = await lanes.query(sql`SELECT toUnixTimestamp64Milli(now64(3)), sleep(1)`, options)
      return Number((JSON.parse(answer.toString('utf8')) as { data: unknown[][] }).data[0]?.[0])
    })
    const [first = 0, second = 0, , , fifth = 0] = (await Promise.all(beginnings)).sort((a, b) => a - b)
    expect(second - first, 'the second does not wait for the first').toBeLessThan(1000)
    expect(fifth - first, 'there is no fifth lane').toBeGreaterThanOrEqual(1000)
  })

  test('that failed do not keep their tables from being dropped', async () => {
    await lanes.run('schema', sql`CREATE TABLE default.failing (x UInt64) ENGINE = MergeTree ORDER BY x`)
    await lanes.run('writer', sql`INSERT INTO default.failing SELECT number FROM numbers(10)`)
    await expect(lanes.query(sql`SELECT throwIf(x = 5) FROM default.failing`, options)).rejects.toThrow(/throwIf/)
    await lanes.run('schema', sql`DROP TABLE default.failing SYNC`)
    await expect(lanes.query(sql`SELECT * FROM default.failing`, options)).rejects.toThrow(/failing/)
  })

  test('are killed when aborted', async () => {
    const abort = new AbortController()
    const reason = new Error('the client went away')
    setTimeout(() => abort.abort(reason), 100)
    await expect(
      lanes.query(sql`SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(rand(), ${'abortme'})`, {
        ...options,
        signal: abort.signal,
        timeoutMs: 60_000,
      }),
    ).rejects.toBe(reason)
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 4 }, () => lanes.query(sql`SELECT sleep(0.1)`, options)))
    expect(performance.now() - startedAt).toBeLessThan(20_000) // and not the minute that the query was given
  })
})

describe('a child that dies', () => {
  test('is replaced and reads do not notice', async () => {
    const before = lanes.process.pid
    const slow = lanes.query(sql`SELECT sleep(0.2), 7`, { ...options, format: 'JSONCompactEachRow' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.kill(before ?? 0, 'SIGKILL')
    expect((await slow).toString('utf8')).toBe('[0, 7]\n')
    expect(lanes.process.pid).not.toBe(before)
  })
})
