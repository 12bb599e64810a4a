import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockDataFolder } from './data-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const holder = async (): Promise<string> => (await readFile(join(folder, 'lock'), 'utf8')).split(' ')[0] ?? ''

test('a free folder is locked and given up again', async () => {
  const unlock = await lockDataFolder(join(folder, 'a', 'b'))
  expect(await readFile(join(folder, 'a', 'b', 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
  await unlock()
  await expect(readFile(join(folder, 'a', 'b', 'lock'))).rejects.toThrow('ENOENT')
})

test('a folder in use names the process that uses it', async () => {
  const child = spawn('sleep', ['60'])
  try {
    const unlock = await lockDataFolder(folder, child.pid)
    await expect(lockDataFolder(folder)).rejects.toThrow(
      `data folder [${folder}] is in use by process ${child.pid}; stop it, or give another folder with --data`,
    )
    await unlock()
  } finally {
    child.kill()
  }
})

test('the lock of a process that is gone is taken over', async () => {
  const child = spawn('sleep', ['60'])
  await lockDataFolder(folder, child.pid)
  const gone = new Promise((resolve) => child.on('exit', resolve))
  child.kill('SIGKILL')
  await gone
  await lockDataFolder(folder)
  expect(await holder()).toBe(String(process.pid))
})

test.each([
  { name: 'of an earlier process with the same id', content: `${process.pid} 1\n` },
  { name: 'that was cut short', content: '' },
  { name: 'that is no lock', content: 'what?\n' },
])('a lock $name is taken over', async ({ content }) => {
  await writeFile(join(folder, 'lock'), content)
  await lockDataFolder(folder)
  expect(await holder()).toBe(String(process.pid))
})

// As in a container whose first program takes no notice of what becomes of the others.
test.runIf(process.platform === 'linux')(
  'the lock of a process that has ended, and that nobody has asked how, is taken over',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(printed.toString())
      await lockDataFolder(folder, pid)
      process.kill(pid, 'SIGKILL')
      await vi.waitUntil(async () => / Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')))
      await lockDataFolder(folder)
      expect(await holder()).toBe(String(process.pid))
    } finally {
      parent.kill()
    }
  },
)

test('of many that find a stale lock one gets it', async () => {
  await writeFile(join(folder, 'lock'), '999999999 1\n')
  const children = Array.from({ length: 6 }, () => spawn('sleep', ['60']))
  try {
    const outcomes = await Promise.allSettled(children.map((child) => lockDataFolder(folder, child.pid)))
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  } finally {
    for (const child of children) child.kill()
  }
})

test('a folder that cannot be made is named', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(lockDataFolder(join(folder, 'file', 'data'))).rejects.toThrow(
    `cannot create data folder [${join(folder, 'file', 'data')}]: ENOTDIR`,
  )
})
