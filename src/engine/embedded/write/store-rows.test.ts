import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Log, silentLog } from '../../../core/log.ts'
import { MappedValues } from '../../engine.ts'
import { LanePool } from '../lane-pool.ts'
import { Batch } from '../rows/batch.ts'
import { BufferPool } from '../rows/buffer-pool.ts'
import { identifier, type Sql, sql } from '../sql.ts'
import { Catalogue } from '../tables/catalogue.ts'
import { qualified } from '../tables/ddl.ts'
import { Definitions } from '../tables/definitions.ts'
import { TableStore } from '../tables/table-store.ts'
import { testHost, testIndex } from '../testing/test-host.ts'
import { SetAside } from './set-aside.ts'
import { storeRows } from './store-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-store-rows-'))
const store = join(folder, 'store')
const lanes = new LanePool(store, [], silentLog)
const tables = new TableStore(lanes, new Catalogue(join(folder, 'catalogue.jsonl')), new Definitions(store))
const signal = new AbortController().signal

beforeAll(async () => {
  await lanes.process.start()
  await tables.start(() => true)
})
afterAll(async () => {
  await lanes.process.stop()
  rmSync(folder, { recursive: true })
})

async function rows(statement: Sql): Promise<unknown> {
  const options = { format: 'JSONCompactEachRow', signal, timeoutMs: 10_000 } as const
  return JSON.parse(`[${(await lanes.read('schema', statement, options)).toString('utf8').trim().replaceAll('\n', ',')}]`)
}

test('documents that the engine refuses for good are kept beside the others, which are stored', async () => {
  const index = testIndex('refused', { n: 'long' })
  const field = index.fields.find('n')
  if (field === undefined) throw new Error('the index has the field')
  const logged: unknown[] = []
  const log: Log = { ...silentLog, error: (fields, message) => void logged.push({ message, ...fields }) }
  const setAside = new SetAside(join(folder, 'set-aside.jsonl'), () => 0)
  const context = { tables, lanes, host: testHost([index]), log, setAside }
  const values = new MappedValues()
  const batchOf = (from: number, numbers: readonly number[]): Batch => {
    const batch = new Batch(index, new BufferPool())
    for (const [i, n] of numbers.entries()) {
      values.clear()
      values.add(field, n)
      const source = Buffer.from(JSON.stringify({ n, ...(n === 99 && { word: 'poison' }) }))
      batch.add({ seqNo: from + i, id: n === 99 ? 'own' : undefined, version: 1, routing: undefined, source }, values)
    }
    return batch
  }
  const storeBatch = (batch: Batch): Promise<void> =>
    storeRows(index, { batch, marks: new Map(), repeated: false }, context, signal)

  await storeBatch(batchOf(0, [1]))
  const table = tables.find(index.uuid)
  if (table === undefined) throw new Error('the table is there')
  const [n, source, seqNo] = [identifier('f0_n'), identifier('_source'), identifier('_seq')]
  await lanes.run(
    'schema',
    sql`ALTER TABLE ${qualified(table.name)} ADD CONSTRAINT refusal CHECK ifNull(${n} != 13, 1) AND position(${source}, 'poison') = 0`,
  )
  const numbers = Array.from({ length: 50 }, (_, i) => (i === 7 ? 13 : i === 49 ? 99 : i + 100))
  await storeBatch(batchOf(1, numbers))

  expect(await rows(sql`SELECT count(), countIf(${n} IS NULL) FROM ${qualified(table.name)} WHERE _superseded = 0`)).toEqual([
    [50, 1],
  ])
  expect(await rows(sql`SELECT ${seqNo}, ${source} FROM ${qualified(table.name)} WHERE ${n} IS NULL ORDER BY ${seqNo}`)).toEqual([
    [8, '{"n":13}'],
    [50, ''],
  ])
  expect(JSON.parse(readFileSync(setAside.path, 'utf8'))).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    index: 'refused',
    id: 'own',
    seq_no: 50,
    version: 1,
    source: '{"n":99,"word":"poison"}',
  })
  // The number of the one that was set aside is taken: no other document gets it.
  expect(table.summary).toMatchObject({ rows: 51, superseded: 1, maxSeqNo: 50 })
  const documents = logged.filter((line) => (line as { message: string }).message.startsWith('a document'))
  expect(documents).toMatchObject([
    { seq_no: 8, message: 'a document is stored without its fields: the engine refuses them' },
    { seq_no: 50, id: 'own', file: setAside.path, message: 'a document is set aside: the engine refuses it' },
  ])
})
