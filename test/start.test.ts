import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePorts, runElkhorn, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'
import { mountSmallDisk } from './support/small-disk.ts'

let folder: string
let running: RunningElkhorn | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-start-'))
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await rm(folder, { recursive: true, force: true })
})

const data = (): string => join(folder, 'data')

test('a start writes every port in use, a stop takes the file away', async () => {
  running = await startElkhorn(data())
  expect(running.ports).toMatchObject({
    pid: running.pid,
    api: expect.any(Number),
    ui: expect.any(Number),
    mqtt: expect.any(Number),
  })
  running.kill('SIGINT')
  expect(await running.exit).toBe(0)
  expect(running.output()).toMatch(/^Elkhorn stops \(SIGINT\): .*\nElkhorn has stopped\.\n$/m)
  await expect(readFile(join(data(), 'run', 'ports.json'))).rejects.toThrow('ENOENT')
  await expect(readFile(join(data(), 'lock'))).rejects.toThrow('ENOENT')
})

test('the password is generated and printed once, or given and not printed', async () => {
  running = await startElkhorn(data(), ['--no-sample'], {})
  // The ports are written before the banner is printed.
  while (!running.output().includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 20))
  const password = /password (\S+)/.exec(running.output())?.[1] ?? ''
  expect(password).toMatch(/^[A-Za-z2-9]{20}$/)
  const basic = `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}`
  expect((await running.call('GET', '/', undefined, basic)).status).toBe(200)
  await running.stop()
  running = await startElkhorn(data(), ['--no-sample'], {})
  expect(running.output()).not.toContain(password)
  expect((await running.call('GET', '/', undefined, basic)).status).toBe(200)
})

test('a data folder in use', async () => {
  running = await startElkhorn(data())
  const second = await runElkhorn([...freePorts, '--data', data(), '--no-sample'])
  expect(second).toEqual({
    code: 1,
    output: `data folder [${data()}] is in use by process ${running.pid}; stop it, or give another folder with --data\n`,
  })
  expect((await running.call('GET', '/')).status).toBe(200)
})

test('a killed process leaves a lock that is taken over', async () => {
  running = await startElkhorn(data())
  running.kill('SIGKILL')
  await running.exit
  running = await startElkhorn(data())
  expect((await running.call('GET', '/')).status).toBe(200)
})

test.each(['api', 'ui', 'mqtt'])('a taken %s port', async (name) => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { code, output } = await runElkhorn([...freePorts, '--data', data(), '--no-sample', '--set', `${name}.port=${port}`])
  server.close()
  expect({ code, output }).toEqual({
    code: 1,
    output: `port ${port} is taken by another program; free it, or choose another with --set ${name}.port=PORT (0 takes a free one)\n`,
  })
})

test('a config that cannot be read, one that is wrong', async () => {
  const missing = join(folder, 'none.yml')
  expect(await runElkhorn(['--config', missing])).toEqual({
    code: 1,
    output: `cannot read config file [${missing}]: no such file\n`,
  })
  const wrong = join(folder, 'wrong.yml')
  await writeFile(wrong, 'api:\n  prot: 1\nmqtt.port: many\n')
  expect(await runElkhorn(['--config', wrong])).toEqual({
    code: 1,
    output: `${wrong}:2:3: unknown key [api.prot]; did you mean [api.port]?\n${wrong}:3:1: [mqtt.port: many]: expected a port: invalid input: expected number, received string\n`,
  })
})

test('a data folder that is a file', async () => {
  await writeFile(data(), '')
  const { code, output } = await runElkhorn([...freePorts, '--data', data(), '--no-sample'])
  expect({ code, output }).toEqual({
    code: 1,
    output: `cannot create data folder [${data()}]: EEXIST: file already exists, mkdir '${data()}'\n`,
  })
})

test.for([
  { name: 'when nothing fits', fillBytes: 64 * 1024, want: /^cannot write to data folder \[.*\]: the disk is full\n$/ },
  { name: 'when little fits', fillBytes: 56 * 1024, want: /^the disk is full: data folder \[.*\]\n$/ },
])('a full disk $name', async ({ fillBytes, want }, { skip }) => {
  const disk = mountSmallDisk('64k')
  if (!disk) {
    skip('takes root on Linux to mount a small file system')
    return
  }
  try {
    await writeFile(join(disk.path, 'filler'), Buffer.alloc(fillBytes))
    const { code, output } = await runElkhorn([...freePorts, '--data', join(disk.path, 'data'), '--no-sample'])
    expect(output).toMatch(want)
    expect(code).toBe(1)
  } finally {
    disk.unmount()
  }
})
