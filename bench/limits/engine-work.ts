import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../src/core/log.ts'
import { LanePool } from '../../src/engine/embedded/lane-pool.ts'
import type { Sql } from '../../src/engine/embedded/sql.ts'
import { ProcessTree } from '../harness/processes.ts'

/**
 * Limit program P4: statements written by hand, for the bare engine, over a small table that never changes whatever
 * Elkhorn does. It is the measure of how fast this machine is just now at the kind of work that searches, or inserts, are.
 */
export interface EngineWork {
  /** @returns CPU seconds that it took */
  search(): Promise<number>
  /** @returns CPU seconds that it took */
  insert(): Promise<number>
  close(): Promise<void>
}

const create = (table: string): string => `CREATE TABLE ${table} (
  at Int64 CODEC(T64, LZ4), device LowCardinality(String), value Float64 CODEC(LZ4), source String CODEC(ZSTD(1)),
  words String, INDEX by_word words TYPE text(tokenizer = splitByNonAlpha)
) ENGINE = MergeTree ORDER BY (device, at) SETTINGS index_granularity = 512`
const fill = (table: string): string => `INSERT INTO ${table}
SELECT number * 10, concat('dev-', toString(number % 100)), 20 + 5 * sin(number / 1000) + (cityHash64(number) % 100) / 50,
  concat('{"device":"dev-', toString(number % 100), '","text":"', hex(SHA256(toString(number))), hex(SHA256(toString(-number))), '"}'),
  concat('w', hex(cityHash64(number) % 5000), ' ', 'w', hex(cityHash64(number) % 7), ' ', hex(number))
FROM numbers(100000)`
const STATEMENTS: readonly { readonly text: string; readonly times: number }[] = [
  { text: 'SELECT intDiv(at, 30000) AS k, count(), avg(value), max(value) FROM readings GROUP BY k', times: 4 },
  { text: 'SELECT device, intDiv(at, 100000) AS k, count(), avg(value) FROM readings GROUP BY device, k', times: 2 },
  {
    text: "SELECT at, source FROM readings WHERE device = 'dev-7' AND at > 500000 ORDER BY at DESC LIMIT 100",
    times: 4,
  },
  { text: "SELECT at, source FROM readings WHERE hasAnyTokens(words, ['w1F']) ORDER BY at LIMIT 10", times: 4 },
]

/** Starts an engine of its own and fills the table. */
export async function startEngineWork(): Promise<EngineWork> {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-bench-'))
  const lanes = new LanePool(join(folder, 'engine'), [], silentLog)
  await lanes.process.start()
  const processes = new ProcessTree([lanes.process.pid ?? 0])
  const options = { lane: 'reader', format: 'RowBinary', signal: new AbortController().signal, timeoutMs: 60_000 } as const
  const sql = (text: string): Sql => ({ kind: 'sql', text })
  const cost = async (work: () => Promise<void>): Promise<number> => {
    const before = processes.cpuSeconds()
    await work()
    return processes.cpuSeconds() - before
  }
  await lanes.run('schema', sql(create('readings')))
  await lanes.run('writer', sql(fill('readings')))
  await lanes.run('schema', sql(create('written')))
  return {
    search: () =>
      cost(async () => {
        for (const { text, times } of STATEMENTS) for (let n = 0; n < times; n++) await lanes.query(sql(text), options)
      }),
    async insert() {
      await lanes.run('schema', sql('TRUNCATE TABLE written SYNC'))
      return cost(() => lanes.run('writer', sql(fill('written'))))
    },
    async close() {
      await lanes.process.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
