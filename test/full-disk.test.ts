import { closeSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seededRandom } from '../src/sample/random.ts'
import { type RunningElkhorn, startElkhorn } from './support/start-elkhorn.ts'
import { mountSmallDisk } from './support/small-disk.ts'

type SmallDisk = NonNullable<ReturnType<typeof mountSmallDisk>>

let disk: SmallDisk | undefined
let elkhorn: RunningElkhorn | undefined
beforeEach(() => {
  disk = mountSmallDisk('160m')
})
afterEach(async () => {
  elkhorn?.kill('SIGKILL')
  await elkhorn?.exit
  elkhorn = undefined
  disk?.unmount()
})

const SKIPPED = 'takes root on Linux to mount a small file system'
const DOCUMENTS_OF_A_BULK = 200
const flood = { type: 'cluster_block_exception', reason: expect.stringContaining('disk usage exceeded flood-stage watermark') }
const mappings = { properties: { noise: { type: 'keyword', index: false, doc_values: false } } }

interface BulkItem {
  readonly create: { readonly status: number; readonly error?: { readonly type: string; readonly reason: string } }
}

/** Takes what is free on the disk, but so many bytes. */
function fill({ path }: SmallDisk, room = 0): void {
  const file = openSync(join(path, 'filler'), 'w')
  try {
    for (const chunk = Buffer.alloc(256 * 1024); ;) writeSync(file, chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    ftruncateSync(file, Math.max(0, fstatSync(file).size - Math.round(room)))
  } finally {
    closeSync(file)
  }
}

const free = ({ path }: SmallDisk): void => rmSync(join(path, 'filler'))

/** Writes documents of 1 KB that do not compress, and counts those that were acknowledged. */
class Writer {
  readonly #random = seededRandom('full disk')
  acknowledged = 0
  readonly refused: NonNullable<BulkItem['create']['error']>[] = []

  async bulk(elkhorn: RunningElkhorn): Promise<void> {
    const lines = Array.from({ length: DOCUMENTS_OF_A_BULK }, () => {
      const noise = Buffer.from(Array.from({ length: 750 }, () => this.#random() * 256)).toString('base64')
      return `{"create":{}}\n${JSON.stringify({ noise })}\n`
    })
    const { status, json } = await elkhorn.call('POST', '/full/_bulk', lines.join(''))
    if (status !== 200) throw new Error(`a bulk request was answered with ${status}`)
    for (const { create } of (json as { items: BulkItem[] }).items) {
      if (create.error === undefined) this.acknowledged += 1
      else {
        if (create.status !== 429) throw new Error(`an item was answered with ${create.status}`)
        this.refused.push(create.error)
      }
    }
  }
}

async function count(elkhorn: RunningElkhorn): Promise<number> {
  await elkhorn.call('POST', '/full/_refresh')
  const { json } = await elkhorn.call('GET', '/full/_count')
  return (json as { count: number }).count
}

test(
  'a disk that fills up: writes are refused, reads go on, and it recovers by itself',
  { timeout: 300_000 },
  async ({ skip }) => {
    if (disk === undefined) {
      skip(SKIPPED)
      return
    }
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    await elkhorn.call('PUT', '/full', { mappings })
    expect((await elkhorn.call('PUT', '/full/_doc/first', { noise: 'none' })).status).toBe(201)
    const writer = new Writer()
    while (writer.acknowledged < 2000) await writer.bulk(elkhorn)

    // Full at once, while documents wait to be stored.
    fill(disk)
    while (writer.refused.length === 0) await writer.bulk(elkhorn)
    expect(writer.refused[0]).toMatchObject(flood)
    const refused = await elkhorn.call('PUT', '/full/_doc/second', { noise: 'none' })
    expect({ status: refused.status, json: refused.json }).toMatchObject({ status: 429, json: { error: flood, status: 429 } })
    expect((await elkhorn.call('GET', '/full/_doc/first')).json).toMatchObject({ found: true, _source: { noise: 'none' } })
    expect((await elkhorn.call('POST', '/full/_search', { size: 1 })).status).toBe(200)
    // There may be room for it in the last block of a file.
    expect((await elkhorn.call('PUT', '/another')).status).toBeOneOf([200, 429, 507])

    free(disk)
    for (const before = writer.acknowledged; writer.acknowledged === before;) await writer.bulk(elkhorn)
    expect(await count(elkhorn)).toBe(writer.acknowledged + 1)
    expect((await elkhorn.call('PUT', '/another/_doc/1', {})).status).toBe(201)

    await elkhorn.stop()
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    expect(await count(elkhorn)).toBe(writer.acknowledged + 1)
    expect((await elkhorn.call('GET', '/another/_doc/1')).status).toBe(200)
  },
)

test('a process killed on a full disk has lost nothing when there is room again', { timeout: 300_000 }, async ({ skip }) => {
  if (disk === undefined) {
    skip(SKIPPED)
    return
  }
  elkhorn = await startElkhorn(join(disk.path, 'data'))
  await elkhorn.call('PUT', '/full', { mappings })
  const writer = new Writer()
  while (writer.acknowledged < 2000) await writer.bulk(elkhorn)
  fill(disk)
  while (writer.refused.length === 0) await writer.bulk(elkhorn)
  elkhorn.kill('SIGKILL')
  await elkhorn.exit
  free(disk)
  elkhorn = await startElkhorn(join(disk.path, 'data'))
  expect(await count(elkhorn)).toBe(writer.acknowledged)
})

test('a stop on a full disk ends, and has lost nothing when there is room again', { timeout: 300_000 }, async ({ skip }) => {
  if (disk === undefined) {
    skip(SKIPPED)
    return
  }
  elkhorn = await startElkhorn(join(disk.path, 'data'))
  await elkhorn.call('PUT', '/full', { mappings })
  const writer = new Writer()
  while (writer.acknowledged < 2000) await writer.bulk(elkhorn)
  // Room for the log of some more documents, and not for a table of them as well.
  fill(disk, 600 * 1024)
  while (writer.refused.length === 0) await writer.bulk(elkhorn)
  elkhorn.kill('SIGTERM')
  expect(await elkhorn.exit).toBe(0)
  free(disk)
  elkhorn = await startElkhorn(join(disk.path, 'data'))
  expect(await count(elkhorn)).toBe(writer.acknowledged)
})

// The engine takes no notice when the system refuses to write a part of a file.
test('a disk that is full again and again while documents are stored has lost none', { timeout: 300_000 }, async ({ skip }) => {
  if (disk === undefined) {
    skip(SKIPPED)
    return
  }
  const random = seededRandom('again and again')
  const writer = new Writer()
  for (let round = 0; round < 2; round++) {
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    if (round === 0) await elkhorn.call('PUT', '/full', { mappings })
    for (let times = 0; times < 5; times++) {
      for (const before = writer.acknowledged; writer.acknowledged < before + 600;) await writer.bulk(elkhorn)
      const refused = writer.refused.length
      fill(disk, random() * 2 * 1024 * 1024)
      for (let bulks = 0; bulks < 6 && writer.refused.length === refused; bulks++) await writer.bulk(elkhorn)
      free(disk)
    }
    elkhorn.kill('SIGKILL')
    await elkhorn.exit
    elkhorn = await startElkhorn(join(disk.path, 'data'))
    expect(await count(elkhorn), `after round ${round}`).toBe(writer.acknowledged)
    await elkhorn.stop()
  }
})
