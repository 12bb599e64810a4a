import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../../core/log.ts'
import { OperationLog } from './operation-log.ts'
import { RecordBuilder } from './record.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'elkhorn-log-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function openLog(): Promise<OperationLog> {
  const log = new OperationLog(folder, silentLog, () => undefined, SEGMENT_BYTES)
  await log.open()
  return log
}

/** A record of one document of so many bytes. */
function record(seqNo: number, bytes = 10): readonly Uint8Array[] {
  const builder = new RecordBuilder('index')
  builder.add({ kind: 'index', seqNo, id: undefined, routing: undefined, version: 1, replaces: undefined }, bytes)
  return builder.finish([Buffer.alloc(bytes, 'x')])
}

const SEGMENT_BYTES = 1000

describe('the log', () => {
  test('gives back what was appended, in order, and where each record began', async () => {
    const log = await openLog()
    const starts = [0, 1, 2].map((seqNo) => {
      const start = log.end
      void log.append(record(seqNo, 10 + seqNo))
      return start
    })
    await log.close(0)
    const again = await openLog()
    const read: number[][] = []
    for await (const one of again.read()) read.push([one.start, one.record.firstSeqNo])
    expect(read).toEqual(starts.map((start, seqNo) => [start, seqNo]))
    expect(again.end).toBe(log.end)
  })

  test('can be cut while it is read: what comes is still read', async () => {
    const log = await openLog()
    for (let seqNo = 0; seqNo < 4; seqNo++) await log.append(record(seqNo, SEGMENT_BYTES))
    await log.close(0)
    const again = await openLog()
    const read: number[] = []
    for await (const one of again.read()) {
      read.push(one.record.firstSeqNo)
      await again.cut(one.start)
    }
    expect(read).toEqual([0, 1, 2, 3])
    expect(readdirSync(folder)).toHaveLength(1)
    await again.close(0)
  })

  test('keeps a short segment for what comes next, but not when it ends', async () => {
    const log = await openLog()
    await log.append(record(0))
    await log.cut(log.end)
    expect(readdirSync(folder)).toHaveLength(1)
    await log.close(log.end)
    expect(readdirSync(folder)).toEqual([])
  })
})
