import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

const run = promisify(execFile)

const installed = await run('mosquitto_pub', ['--help']).then(
  () => true,
  (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
)
if (!installed) process.stderr.write('skipped: mosquitto_pub is not installed (apt-get install mosquitto-clients)\n')

let folder: string
let args: readonly string[]
let elkhorn: RunningElkhorn
let secret: string

beforeAll(async () => {
  if (!installed) return
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-mosquitto-'))
  await writeFile(join(folder, 'acl.conf'), 'user elastic\ntopic readwrite #\ntopic read $SYS/#\npattern write devices/%u/#\n')
  args = ['--no-sample', '--set', `mqtt.acl_file=${join(folder, 'acl.conf')}`]
  elkhorn = await startElkhorn(join(folder, 'data'), args)
  const { json } = await elkhorn.call('PUT', '/_elkhorn/devices/press-07')
  ;({ secret } = json)
})
afterAll(async () => {
  if (!installed) return
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

const versions = [
  { version: 'mqttv31', keeps: ['-c'] },
  { version: 'mqttv311', keeps: ['-c'] },
  { version: 'mqttv5', keeps: ['-c', '-x', '3600'] },
]

test.skipIf(!installed).each(versions)(
  '$version: a session waits across kill -9, and rights hold',
  async ({ version, keeps }) => {
    const common = (): string[] => ['-V', version, '-p', String(elkhorn.ports['mqtt'])]
    const reader = (): string[] => [...common(), '-u', 'elastic', '-P', PASSWORD, '-i', `reader-${version}`, '-q', '2', ...keeps]
    const device = (): string[] => [...common(), '-u', 'press-07', '-P', secret]
    // -E: it goes when it has subscribed.
    await run('mosquitto_sub', [...reader(), '-t', 'devices/#', '-E'])
    await run('mosquitto_pub', [...device(), '-q', '1', '-t', 'devices/press-07/up', '-m', 'one'])
    await run('mosquitto_pub', [...device(), '-q', '2', '-t', 'devices/press-07/up', '-m', 'two'])
    await run('mosquitto_pub', [...device(), '-q', '1', '-t', 'devices/drill-01/up', '-m', 'of somebody else'])

    elkhorn.kill('SIGKILL')
    await elkhorn.exit
    elkhorn = await startElkhorn(join(folder, 'data'), args)
    const { stdout } = await run('mosquitto_sub', [...reader(), '-t', 'devices/#', '-C', '2', '-W', '60', '-v'])
    expect(stdout).toBe('devices/press-07/up one\ndevices/press-07/up two\n')
  },
)

test.skipIf(!installed)('an access list that changes holds without a restart', async () => {
  const acl = join(folder, 'acl.conf')
  const before = await readFile(acl, 'utf8')
  await writeFile(acl, `${before}pattern write new/%u/#\n`)
  const port = ['-p', String(elkhorn.ports['mqtt'])]
  const publish = () =>
    run('mosquitto_pub', [...port, '-u', 'press-07', '-P', secret, '-V', 'mqttv5', '-q', '1', '-t', 'new/press-07/up', '-m', 'x'])
  await expect.poll(async () => (await publish()).stderr).not.toContain('Not authorized')
  await writeFile(acl, before)
  await expect.poll(async () => (await publish()).stderr).toContain('Not authorized')
})

test.skipIf(!installed)('$SYS, for whom it is allowed', async () => {
  const common = ['-p', String(elkhorn.ports['mqtt']), '-t', '$SYS/broker/uptime', '-C', '1', '-W', '60']
  const { stdout } = await run('mosquitto_sub', [...common, '-u', 'elastic', '-P', PASSWORD])
  expect(stdout).toMatch(/^\d+ seconds\n$/)
  const refused = await run('mosquitto_sub', [...common, '-u', 'press-07', '-P', secret])
  expect(refused).toEqual({ stdout: '', stderr: expect.stringContaining('denied') })
})
