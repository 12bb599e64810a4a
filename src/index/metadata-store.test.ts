import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../core/log.ts'
import { openMetadataStore } from './metadata-store.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-meta-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (options = {}) => openMetadataStore(folder, silentLog, options)

/** Closes the store, opens it again and lists a section. */
async function reopened(section: string): Promise<[string, unknown][]> {
  const store = await open()
  const entries = [...store.section(section).entries()]
  await store.close()
  return entries
}

test('what was put is there after a restart, in order', async () => {
  const store = await open()
  const indices = store.section<{ n: number }>('indices')
  await Promise.all([indices.put('b', { n: 1 }), indices.put('a', { n: 2 }), indices.put('b', { n: 3 })])
  expect(await indices.delete('a')).toBe(true)
  expect(await indices.delete('a')).toBe(false)
  await store.section('users').put('__proto__', { name: 'x' })
  await store.close()
  expect(await reopened('indices')).toEqual([['b', { n: 3 }]])
  expect(await reopened('users')).toEqual([['__proto__', { name: 'x' }]])
})

test('whole numbers that no double holds stay what they are', async () => {
  const store = await open()
  await store.section('pipelines').put('p', { set: 9007199254740993n, text: 'a\ud800"', small: 1.5 })
  await store.close()
  expect(await reopened('pipelines')).toEqual([['p', { set: 9007199254740993n, text: 'a\ud800"', small: 1.5 }]])
})

test('a change is seen at once and a closed store refuses more', async () => {
  const store = await open()
  const section = store.section('s')
  const written = section.put('a', 1)
  expect(section.get('a')).toBe(1)
  await written
  await store.close()
  await expect(section.put('b', 1)).rejects.toThrow('closed')
})

test('many changes share a write', async () => {
  const store = await open()
  const section = store.section('s')
  const started = performance.now()
  await Promise.all(Array.from({ length: 5000 }, (_, i) => section.put(`k${i}`, { i })))
  expect(performance.now() - started).toBeLessThan(20_000) // a write of its own for each takes longer on any disk
  await store.close()
  expect(await reopened('s')).toHaveLength(5000)
})

describe('a torn end', () => {
  test.each([
    { name: 'half a line', damage: (path: string) => appendFile(path, '0123abcd ["put","s","x') },
    { name: 'a line with a wrong checksum', damage: (path: string) => appendFile(path, '0123abcd ["put","s","x",1]\n') },
    { name: 'zeros', damage: (path: string) => appendFile(path, Buffer.alloc(100)) },
    {
      name: 'the last line without its newline',
      damage: async (path: string) => {
        await appendFile(path, (await readFile(path, 'utf8')).split('\n')[0] ?? '')
      },
    },
  ])('of $name is cut', async ({ damage }) => {
    const store = await open()
    await store.section('s').put('a', 1)
    await store.close()
    await damage(join(folder, '1.journal'))
    expect(await reopened('s')).toEqual([['a', 1]])
    const again = await open()
    await again.section('s').put('b', 2)
    await again.close()
    expect(await reopened('s')).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })
})

test('damage in the middle is refused, naming the place', async () => {
  const store = await open()
  await store.section('s').put('a', 1)
  await store.section('s').put('b', 1)
  await store.close()
  const path = join(folder, '1.journal')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('"a"', '"c"'))
  await expect(open()).rejects.toThrow('1.journal is damaged at byte 0')
})

describe('compaction', () => {
  test('keeps everything and drops what is behind', async () => {
    const store = await open({ compactAtBytes: 2000 })
    const section = store.section('s')
    for (let i = 0; i < 300; i++) await section.put(`k${i % 10}`, { i })
    await store.close()
    const files = await readdir(folder)
    expect(files.filter((file) => file.endsWith('.snapshot'))).toHaveLength(1)
    expect(files.filter((file) => file.endsWith('.journal'))).toHaveLength(1)
    expect(new Map(await reopened('s'))).toEqual(new Map(Array.from({ length: 10 }, (_, i) => [`k${i}`, { i: 290 + i }])))
  })

  test('a snapshot that was not finished does not count', async () => {
    const store = await open({ compactAtBytes: 500 })
    for (let i = 0; i < 30; i++) await store.section('s').put('k', { i })
    await store.close()
    const snapshot = (await readdir(folder)).find((file) => file.endsWith('.snapshot')) ?? ''
    const generation = Number.parseInt(snapshot, 10)
    await writeFile(join(folder, `${generation + 1}.snapshot.new`), 'half')
    await writeFile(join(folder, `${generation + 1}.journal`), '')
    expect(await reopened('s')).toEqual([['k', { i: 29 }]])
  })

  test('a cut snapshot is refused', async () => {
    const store = await open({ compactAtBytes: 500 })
    for (let i = 0; i < 30; i++) await store.section('s').put('k', { i })
    await store.close()
    const snapshot = (await readdir(folder)).find((file) => file.endsWith('.snapshot')) ?? ''
    await truncate(join(folder, snapshot), 20)
    await expect(open()).rejects.toThrow(`${snapshot} is damaged`)
  })
})

test('thousands of indices are there again', async () => {
  const store = await open()
  const section = store.section('indices')
  const value = {
    uuid: 'u'.repeat(22),
    settings: { 'index.number_of_shards': '1' },
    mapping: 'hash',
    fields: Array.from({ length: 20 }, (_, i) => `field-${i}`),
  }
  await Promise.all(Array.from({ length: 3000 }, (_, i) => section.put(`logs-${i}`, value)))
  await store.close()
  const again = await open()
  expect(again.section('indices').size).toBe(3000)
  expect(again.section('indices').get('logs-2999')).toEqual(value)
  await again.close()
})
