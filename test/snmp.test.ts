import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'

// The input against Net-SNMP's agent, as Debian has it.

const unpacked = await fetchDebianPackages('snmpd', ['snmpd', 'libsnmp40', 'libsnmp-base', 'libwrap0', 'libpci3'])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package snmpd could not be had\n")

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-snmpd-'))
const agents: ChildProcess[] = []
afterEach(stopInputs)
afterAll(async () => {
  for (const agent of agents) {
    agent.kill('SIGKILL')
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
})

const CONFIG = `sysName plant-1
sysLocation hall 3
rocommunity secret
createUser reader SHA-256 "long password" AES "another password"
rouser reader authPriv
`

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

async function startAgent(): Promise<number> {
  if (unpacked === undefined) throw new Error('there is no snmpd')
  const port = await freeUdpPort()
  const config = join(folder, 'snmpd.conf')
  writeFileSync(config, CONFIG)
  const env = { ...unpacked.env, MIBS: '', SNMP_PERSISTENT_DIR: join(folder, 'state'), SNMPCONFPATH: folder }
  const args = ['-f', '-Lo', '-C', '-c', config, '-p', join(folder, 'pid'), `udp:127.0.0.1:${port}`]
  agents.push(spawn(join(unpacked.root, 'usr/sbin/snmpd'), args, { env, stdio: 'ignore' }))
  return port
}

const SYSTEM = 'iso.org.dod.internet.mgmt.mib-2.system'
const INTERFACE = 'iso.org.dod.internet.mgmt.mib-2.interfaces.ifTable.ifEntry'

test.runIf(unpacked !== undefined)('objects, subtrees and tables of an agent, by all versions', { timeout: 60_000 }, async () => {
  const port = await startAgent()
  const host = `udp:127.0.0.1/${port}`
  const asked = {
    get: ['1.3.6.1.2.1.1.5.0', '.1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.99.0'],
    walk: ['1.3.6.1.2.1.1.6'],
    tables: [{ name: 'interfaces', columns: ['1.3.6.1.2.1.2.2.1.1', '1.3.6.1.2.1.2.2.1.2'] }],
    interval: 1,
  }
  const user = {
    security_name: 'reader',
    security_level: 'authPriv',
    auth_protocol: 'sha2',
    auth_pass: 'long password',
    priv_protocol: 'aes',
    priv_pass: 'another password',
  }
  for (const [version, more] of [
    ['1', { get: asked.get.slice(0, 2) }],
    ['2c', {}],
    ['3', user],
  ] as const) {
    const { fields, events } = await startInput('snmp', {
      hosts: [{ host, community: 'secret', version }],
      ...asked,
      ...more,
      ecs_compatibility: 'v8',
    })
    await expect.poll(() => fields().length, { timeout: 20_000 }).toBeGreaterThan(1)
    const [first] = fields() as Record<string, unknown>[]
    expect(first).toMatchObject({
      host: { ip: '127.0.0.1' },
      [`${SYSTEM}.sysName.0`]: 'plant-1',
      [`${SYSTEM}.sysObjectID.0`]: expect.stringMatching(/^1\.3\.6\.1\.4\.1\.8072\./),
      [`${SYSTEM}.sysLocation.0`]: 'hall 3',
      interfaces: expect.arrayContaining([{ index: '1', [`${INTERFACE}.ifIndex`]: 1, [`${INTERFACE}.ifDescr`]: 'lo' }]),
    })
    expect(Object.keys(first ?? {})).toHaveLength(5)
    expect(events[0]?.metadata['input']).toMatchObject({ snmp: { host: { protocol: 'udp', port: String(port) } } })
    await stopInputs()
  }
})

test.runIf(unpacked !== undefined)(
  'names as they are asked for; an agent that does not answer is no event',
  { timeout: 60_000 },
  async () => {
    const port = await startAgent()
    const { fields } = await startInput('snmp', {
      hosts: [
        { host: `udp:127.0.0.1/${port}`, community: 'secret' },
        { host: `udp:127.0.0.1/${port}`, community: 'wrong', timeout: 100, retries: 0 },
      ],
      get: ['1.3.6.1.2.1.1.2.0', '1.3.6.1.2.1.1.6.0'],
      target: 'snmp',
      oid_mapping_format: 'ruby_snmp',
      oid_map_field_values: true,
      interval: 1,
    })
    await expect.poll(() => fields().length, { timeout: 20_000 }).toBeGreaterThan(1)
    for (const one of fields()) {
      expect((one as { readonly snmp: unknown }).snmp).toEqual({
        'SNMPv2-MIB::sysObjectID.0': expect.stringMatching(/^SNMPv2-SMI::enterprises\.8072\./),
        'SNMPv2-MIB::sysLocation.0': 'hall 3',
      })
    }
  },
)
