import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFile, replaceDurably } from './durable-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a file is replaced as a whole, and nothing else stays', async () => {
  const path = join(folder, 'place')
  await replaceDurably(path, 'a long text of before')
  await replaceDurably(path, Buffer.from('now'))
  expect(await readFile(path, 'utf8')).toBe('now')
  expect(await readdir(folder)).toEqual(['place'])
})

test('a file for appending keeps what it holds, one for writing does not', async () => {
  const path = join(folder, 'segment')
  for (const [flags, holds] of [
    ['a', 'x'],
    ['a', 'xx'],
    ['w', 'x'],
  ] as const) {
    const file = await createFile(path, flags)
    await file.appendFile('x')
    await file.close()
    expect(await readFile(path, 'utf8')).toBe(holds)
  }
})

test('no file can be made where there is no folder', async () => {
  await expect(createFile(join(folder, 'gone', 'segment'), 'a')).rejects.toThrow('ENOENT')
})
