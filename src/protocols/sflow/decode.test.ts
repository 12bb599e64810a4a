import { expect, test } from 'vitest'
import { decodeSflow } from './decode.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
const u32 = (value: number): string => value.toString(16).padStart(8, '0')
const sized = (structure: number, hex: string): string => u32(structure) + u32(bytes(hex).length) + hex.replaceAll(/\s/g, '')

/** A datagram of one sample, as §5 of the specification lays it out. */
const datagram = (sample: string): Buffer => bytes(`00000005 00000001 c0000201 00000000 00000009 000003e8 00000001 ${sample}`)

const flow = (...records: string[]): string =>
  sized(1, `00000007 00000003 00000064 00001000 00000000 00000003 00000004 ${u32(records.length)} ${records.join('')}`)

const ETHERNET = '001122334455 66778899aabb'
const TCP = '01bb c001 00000001 00000002 5012 ffff 0000 0000'
const IPV4 = `45b8 0028 0001 4000 40 06 0000 cb007107 0a000005 ${TCP}`
const HEAD = {
  sflow_version: 5,
  agent_ip: '192.0.2.1',
  sub_agent_id: 0,
  sequence_number: 9,
  uptime_in_ms: 1000,
  flow_sequence_number: 7,
  source_id_type: 0,
  source_id_index: 3,
  sampling_rate: 100,
  sample_pool: 4096,
  drops: 0,
  input_interface_format: 0,
  input_interface: 3,
  output_interface_format: 0,
  output_interface: 4,
}
const raw = (header: string): string => sized(1, `00000001 000005ea 00000004 ${u32(bytes(header).length)} ${header}`)

test('a flow sample: the beginning of a packet, with a tag of a virtual network', () => {
  const [sample] = decodeSflow(
    datagram(flow(raw(`${ETHERNET} 8100 2064 0800 ${IPV4}`), sized(1001, u32(1) + u32(2) + u32(3) + u32(4)))),
  )
  expect(sample).toEqual({
    type: 'flow_sample',
    fields: {
      ...HEAD,
      protocol: 1,
      frame_length: 1514,
      stripped: 4,
      header_size: 58,
      eth_dst: '00:11:22:33:44:55',
      eth_src: '66:77:88:99:aa:bb',
      eth_type: 0x8100,
      vlan_priority: 1,
      vlan_cfi: 0,
      vlan_id: 100,
      vlan_type: 0x0800,
      ip_version: 4,
      ip_header_length: 5,
      ip_dscp: 46,
      ip_ecn: 0,
      ip_total_length: 40,
      ip_identification: 1,
      ip_flags: 2,
      ip_fragment_offset: 0,
      ip_ttl: 64,
      ip_protocol: 6,
      ip_checksum: 0,
      src_ip: '203.0.113.7',
      dst_ip: '10.0.0.5',
      src_port: 443,
      dst_port: 49_153,
      tcp_seq_number: 1,
      tcp_ack_number: 2,
      tcp_header_length: 5,
      tcp_is_nonce: 0,
      tcp_is_cwr: 0,
      tcp_is_ecn_echo: 0,
      tcp_is_urgent: 0,
      tcp_is_ack: 1,
      tcp_is_push: 0,
      tcp_is_reset: 0,
      tcp_is_syn: 1,
      tcp_is_fin: 0,
      tcp_window_size: 65_535,
      tcp_checksum: 0,
      tcp_urgent_pointer: 0,
      src_vlan: 1,
      src_priority: 2,
      dst_vlan: 3,
      dst_priority: 4,
      frame_length_times_sampling_rate: 151_400,
    },
  })
})

test.each([
  {
    name: 'IPv6 and UDP',
    header: `${ETHERNET} 86dd 60000000 0008 11 40 ${'20010db8'.padEnd(32, '0')} ${'20010db8'.padEnd(31, '0')}1 0035 c001 0008 0000`,
    want: { ip_version: 6, src_ip: '2001:db8:0:0:0:0:0:0', dst_ip: '2001:db8:0:0:0:0:0:1', src_port: 53, dst_port: 49_153 },
  },
  {
    name: 'a fragment',
    header: `${ETHERNET} 0800 ${IPV4.replace('4000', '0010')}`,
    want: { src_ip: '203.0.113.7', src_port: undefined },
  },
  { name: 'a header that is cut', header: `${ETHERNET} 0800 45b8`, want: { eth_type: 2048, src_ip: undefined } },
])('$name', ({ header, want }) => {
  const [sample] = decodeSflow(datagram(flow(raw(header))))
  expect(Object.fromEntries(Object.keys(want).map((name) => [name, sample?.fields[name]]))).toEqual(want)
})

test('an expanded sample, records of addresses, and structures that are not known', () => {
  const records = [
    sized(3, `00000064 00000011 0a000001 0a000002 00000035 0000c001 00000000 00000008`),
    sized(1002, '00000001 0a0000fe 00000018 00000010'),
    sized(0x1_2001, 'ffffffff'),
  ]
  const sample = `00000007 00000001 00000003 00000064 00001000 00000000 00000000 00000003 00000000 00000004 ${u32(3)} ${records.join('')}`
  const [found] = decodeSflow(datagram(sized(3, sample)))
  expect(found?.type).toBe('expanded_flow_sample')
  expect(found?.fields).toMatchObject({
    source_id_type: 1,
    output_interface: 4,
    src_ip: '10.0.0.1',
    dst_port: 49_153,
    ip_address_next_hop_router: '10.0.0.254',
    src_mask_len: 24,
  })
  expect(decodeSflow(datagram(sized(77, 'ffffffff')))).toEqual([])
})

test('what is cut anywhere is refused, and never more', () => {
  const whole = datagram(flow(raw(`${ETHERNET} 0800 ${IPV4}`)))
  for (let length = 0; length < whole.length; length++)
    expect(() => decodeSflow(whole.subarray(0, length))).toThrow('not there as a whole')
  expect(() => decodeSflow(bytes('00000004'))).toThrow('version 4: 5 is read')
  expect(() =>
    decodeSflow(datagram(sized(1, '00000007 00000003 00000064 00001000 00000000 00000003 00000004 ffffffff'))),
  ).toThrow('4294967295 records do not take 0 bytes')
})
