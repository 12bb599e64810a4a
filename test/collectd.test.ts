import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { printFields } from '../src/core/event-json.ts'
import { collectd } from '../src/plugins/codecs/collectd.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'

// The codec against collectd as Debian has it.

const unpacked = await fetchDebianPackages('collectd', ['collectd-core'])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package collectd-core could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-collectd-'))
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test.runIf(unpacked !== undefined)('what collectd sends becomes events', { timeout: 60_000 }, async () => {
  if (unpacked === undefined) return
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  const config = join(folder, 'collectd.conf')
  writeFileSync(
    config,
    `Hostname "plant"\nInterval 1\nBaseDir "${folder}"\nPIDFile "${folder}/pid"\nPluginDir "${unpacked.root}/usr/lib/collectd"
TypesDB "${unpacked.root}/usr/share/collectd/types.db"\nLoadPlugin load\nLoadPlugin memory\nLoadPlugin network
<Plugin network>\n  Server "127.0.0.1" "${port}"\n</Plugin>\n`,
  )
  const codec = collectd.create(collectd.config.parse({}), testContext())
  const decoder = codec.decoder()
  const events: Record<string, unknown>[] = []
  socket.on('message', (packet) => {
    for (const event of decoder.decode(packet)) events.push(JSON.parse(printFields(event.fields)) as Record<string, unknown>)
  })
  running.push(spawn(join(unpacked.root, 'usr/sbin/collectd'), ['-f', '-C', config], { env: unpacked.env, stdio: 'ignore' }))
  const find = (type: string) => events.find((event) => event['collectd_type'] === type)
  await expect.poll(() => [find('load'), find('memory')].every((event) => event !== undefined), { timeout: 50_000 }).toBe(true)
  socket.close()
  const number = expect.any(Number) as unknown
  const time = expect.stringMatching(/^2\d{3}-/) as unknown
  expect(find('load')).toEqual({
    '@timestamp': time,
    host: 'plant',
    plugin: 'load',
    collectd_type: 'load',
    shortterm: number,
    midterm: number,
    longterm: number,
  })
  expect(find('memory')).toEqual({
    '@timestamp': time,
    host: 'plant',
    plugin: 'memory',
    collectd_type: 'memory',
    type_instance: expect.any(String) as unknown,
    value: number,
  })
})
