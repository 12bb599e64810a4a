import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RotatingFile } from './rotating-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-log-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('files are rotated at their size and the oldest goes', async () => {
  const path = join(folder, 'logs', 'x.log')
  const file = new RotatingFile(path, { maxBytes: 10, keep: 2 })
  await file.open()
  for (const line of ['1111111\n', '2222222\n', '3333333\n', '4444444\n']) {
    file.write(line)
    await file.flush()
  }
  await file.close()
  expect((await readdir(join(folder, 'logs'))).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2'])
  expect(await readFile(path, 'utf8')).toBe('4444444\n')
  expect(await readFile(`${path}.2`, 'utf8')).toBe('2222222\n')
})

test('an existing file is continued, in order, and nothing waits after close', async () => {
  const path = join(folder, 'x.log')
  for (const from of [0, 500]) {
    const file = new RotatingFile(path, { maxBytes: 1e6, keep: 1 })
    await file.open()
    for (let n = from; n < from + 500; n++) file.write(`${n}\n`)
    await file.close()
  }
  expect(await readFile(path, 'utf8')).toBe(`${Array.from({ length: 1000 }, (_, n) => n).join('\n')}\n`)
})

test('lines beyond the bound are dropped and counted', async () => {
  const file = new RotatingFile(join(folder, 'x.log'), { maxBytes: 1e9, keep: 1 })
  await file.open()
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`
  for (let n = 0; n < 10; n++) file.write(line)
  await file.close()
  expect(file.dropped).toBeGreaterThan(0)
  expect((await readFile(join(folder, 'x.log'), 'utf8')).length).toBe((10 - file.dropped) * line.length)
})
