import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { fetchDebianPackages } from './support/debian-packages.ts'

// The input against Net-SNMP's own senders, as Debian has them.

const unpacked = await fetchDebianPackages('snmp', ['snmp', 'libsnmp40', 'libsnmp-base'])
if (unpacked === undefined) process.stderr.write("skipped: Debian's package snmp could not be had\n")

afterEach(stopInputs)

async function send(...args: readonly string[]): Promise<unknown> {
  if (unpacked === undefined) throw new Error('there is no snmptrap')
  const env = { ...unpacked.env, MIBS: '', SNMP_PERSISTENT_DIR: '/nonexistent' }
  return promisify(execFile)(join(unpacked.root, 'usr/bin/snmptrap'), args, { env, timeout: 20_000 })
}

const UPTIME = '1.3.6.1.2.1.1.3.0'
const TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0'

test.runIf(unpacked !== undefined)('traps of version 1 and 2c', { timeout: 60_000 }, async () => {
  const { port, fields, events } = await startInput('snmptrap', { target: 'snmp', ecs_compatibility: 'v8' })
  const to = `127.0.0.1:${port}`
  const variables = [
    '1.3.6.1.4.1.9.1',
    's',
    'fan is down',
    '1.3.6.1.4.1.9.2',
    'i',
    '-5',
    '1.3.6.1.4.1.9.3',
    'a',
    '10.0.0.7',
    '1.3.6.1.4.1.9.4',
    'x',
    '00ff',
    '1.3.6.1.4.1.9.5',
    'u',
    '4000000000',
    '1.3.6.1.4.1.9.6',
    'o',
    '1.3.6.1.4.1.2680',
  ]
  await send('-v', '2c', '-c', 'public', to, '77', '1.3.6.1.4.1.9.0.1', ...variables)
  await send('-v', '1', '-c', 'public', to, '1.3.6.1.4.1.9', '10.0.0.9', '6', '99', '55', '1.3.6.1.4.1.9.1', 's', 'hot')
  await send('-v', '2c', '-c', 'another', to, '77', '1.3.6.1.4.1.9.0.1')
  await expect.poll(() => fields().length).toBe(2)
  expect(fields()).toMatchObject([
    {
      host: { ip: '127.0.0.1' },
      snmp: {
        [UPTIME]: 77,
        [TRAP_OID]: '1.3.6.1.4.1.9.0.1',
        '1.3.6.1.4.1.9.1': 'fan is down',
        '1.3.6.1.4.1.9.2': -5,
        '1.3.6.1.4.1.9.3': '10.0.0.7',
        '1.3.6.1.4.1.9.4': '00:ff',
        '1.3.6.1.4.1.9.5': 4_000_000_000,
        '1.3.6.1.4.1.9.6': '1.3.6.1.4.1.2680',
      },
    },
    { snmp: { '1.3.6.1.4.1.9.1': 'hot' } },
  ])
  expect(events[1]?.metadata).toEqual({
    input: {
      snmptrap: {
        pdu: {
          version: '1',
          type: 'V1TRAP',
          community: 'public',
          enterprise: '1.3.6.1.4.1.9',
          agent_addr: '10.0.0.9',
          generic_trap: 6,
          specific_trap: 99,
          timestamp: 55,
          variable_bindings: { '1.3.6.1.4.1.9.1': 'hot' },
        },
      },
    },
  })
})

test.runIf(unpacked !== undefined)('an inform is acknowledged once it is stored', { timeout: 60_000 }, async () => {
  const { port, fields, outcome } = await startInput('snmptrap', {})
  const inform = () =>
    send('-Ci', '-v', '2c', '-c', 'public', '-t', '1', '-r', '0', `127.0.0.1:${port}`, '77', '1.3.6.1.4.1.9.0.1')
  await inform()
  expect(fields()).toMatchObject([{ [TRAP_OID]: '1.3.6.1.4.1.9.0.1' }])
  outcome.error = new Error('the store is gone')
  await expect(inform()).rejects.toThrow('Timeout')
})
