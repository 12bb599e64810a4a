import { expect, test } from 'vitest'
import { NetflowError, NetflowReader, type FlowValue } from './decode.ts'
import { loadFieldTables } from './fields.ts'

const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex')
const reader = (): NetflowReader => new NetflowReader(loadFieldTables())
const valuesOf = (flows: ReturnType<NetflowReader['read']>): Record<string, FlowValue>[] =>
  flows.map(({ values }) => Object.fromEntries(values))

/** 2024-05-01T10:00:00Z in seconds. */
const AT = (1714557600).toString(16)

test('version 5', () => {
  const packet = hex(
    '0005 0001 000186a0',
    AT,
    '1dcd6500 00000007 01 02 4064', // header: up 100 s, 0.5 s, sequence 7, sampled 1 in 100
    'c0a80001 08080808 c0a800fe 0001 0002 0000000a 000003e8', // addresses, interfaces, 10 packets of 1,000 bytes
    '00017318 00018312 01bb 9c40 00 12 06 00 fde8 3b41 18 10 0000', // up 95 s to 99.09 s, ports, flags, TCP, AS numbers, masks
  )
  const [flow] = reader().read(packet, '')
  expect(flow?.exportedAt).toBe(Date.UTC(2024, 4, 1, 10) + 500)
  expect(Object.fromEntries(flow?.values ?? [])).toMatchObject({
    version: 5,
    flow_seq_num: 7,
    sampling_algorithm: 1,
    sampling_interval: 100,
    ipv4_src_addr: '192.168.0.1',
    ipv4_dst_addr: '8.8.8.8',
    in_pkts: 10,
    in_bytes: 1000,
    first_switched: { epochMillis: Date.UTC(2024, 4, 1, 9, 59, 55) + 500 },
    l4_src_port: 443,
    l4_dst_port: 40000,
    protocol: 6,
    src_as: 65000,
    src_mask: 24,
  })
})

const V9_HEADER = (count: string): string => `0009 ${count} 000186a0 ${AT} 00000001 0000002a`
const V9_TEMPLATE = '0000 0018 0100 0004 0008 0004 0001 0008 0038 0006 0015 0004'
const V9_DATA = '0100 001c c0a80001 0020000000000001 001122334455 000186a0 0000'

test('version 9: the template comes first, flows before it are counted', () => {
  const one = reader()
  expect(one.read(hex(V9_HEADER('0001'), V9_DATA), '')).toEqual([])
  expect(one.withoutTemplate).toBe(1)
  expect(valuesOf(one.read(hex(V9_HEADER('0002'), V9_TEMPLATE, V9_DATA), ''))).toEqual([
    {
      version: 9,
      flow_seq_num: 1,
      flowset_id: 256,
      ipv4_src_addr: '192.168.0.1',
      in_bytes: 2n ** 53n + 1n,
      in_src_mac: '00:11:22:33:44:55',
      last_switched: { epochMillis: Date.UTC(2024, 4, 1, 10) },
    },
  ])
})

test('exporters with the same source id have templates of their own', () => {
  const one = reader()
  one.read(hex(V9_HEADER('0001'), V9_TEMPLATE), '10.0.0.1')
  expect(one.read(hex(V9_HEADER('0001'), V9_DATA), '10.0.0.2')).toEqual([])
  expect(one.read(hex(V9_HEADER('0001'), V9_DATA), '10.0.0.1')).not.toEqual([])
})

test('IPFIX: variable lengths, fields of a company, IPv6', () => {
  const template = '0002 001c 0101 0004 001b 0010 0052 ffff 8064 0004 00001234 0114 0001'
  const data = '0101 001e 20010db8000000000000000000000001 03 657468 0000000f 01 00'
  const length = (16 + 28 + 30).toString(16).padStart(4, '0')
  expect(valuesOf(reader().read(hex(`000a ${length}`, AT, '00000005 00000001', template, data), ''))).toEqual([
    {
      version: 10,
      flow_seq_num: 5,
      flowset_id: 257,
      sourceIPv6Address: '2001:db8::1',
      interfaceName: 'eth',
      enterprise_4660_100: 15,
      dataRecordsReliability: true,
    },
  ])
})

test.each([
  { name: 'too short', packet: '0005' },
  { name: 'another version', packet: '0007'.padEnd(48, '0') },
  { name: 'version 5 without its flows', packet: '0005 0002'.padEnd(60, '0') },
  { name: 'a set that is longer than its packet', packet: `${V9_HEADER('0001')} 0000 00ff 0100` },
  { name: 'a set of no length', packet: `${V9_HEADER('0001')} 0000 0000 0100 0000` },
  { name: 'a template that is cut off', packet: `${V9_HEADER('0001')} 0000 000c 0100 0004 0008 0004` },
])('$name is refused', ({ packet }) => {
  expect(() => reader().read(hex(packet), '')).toThrow(NetflowError)
})

test('no cut through a packet is more than an error', () => {
  const packet = hex(V9_HEADER('0002'), V9_TEMPLATE, V9_DATA)
  const outcome = (length: number): string => {
    try {
      reader().read(packet.subarray(0, length), '')
      return 'read'
    } catch (error) {
      return error instanceof NetflowError ? 'refused' : String(error)
    }
  }
  const outcomes = new Set(Array.from({ length: packet.length }, (_, length) => outcome(length)))
  expect([...outcomes].toSorted((a, b) => a.localeCompare(b))).toEqual(['read', 'refused'])
})
