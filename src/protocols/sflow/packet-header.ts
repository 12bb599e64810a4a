import type { Bytes } from './bytes.ts'
import type { SflowFields } from './decode.ts'

const ETHERNET = 1
const IPV4 = 11
const IPV6 = 12
const TYPES = { ipv4: 0x0800, vlan: 0x8100, ipv6: 0x86dd }
const TCP = 6
const UDP = 17
const TCP_FLAGS = ['nonce', 'cwr', 'ecn_echo', 'urgent', 'ack', 'push', 'reset', 'syn', 'fin'] as const

/** Reads the beginning of a packet as far as it goes: samples hold no more than its first bytes. */
export function readPacketHeader(protocol: number, bytes: Bytes, fields: SflowFields): void {
  if (protocol === ETHERNET) readEthernet(bytes, fields)
  else if (protocol === IPV4) readIpv4(bytes, fields)
  else if (protocol === IPV6) readIpv6(bytes, fields)
}

function readEthernet(bytes: Bytes, fields: SflowFields): void {
  if (bytes.left < 14) return
  fields['eth_dst'] = bytes.mac()
  fields['eth_src'] = bytes.mac()
  let type = bytes.u16()
  fields['eth_type'] = type
  if (type === TYPES.vlan && bytes.left >= 4) {
    const tag = bytes.u16()
    fields['vlan_priority'] = tag >> 13
    fields['vlan_cfi'] = (tag >> 12) & 1
    fields['vlan_id'] = tag & 0xfff
    type = bytes.u16()
    fields['vlan_type'] = type
  }
  if (type === TYPES.ipv4) readIpv4(bytes, fields)
  else if (type === TYPES.ipv6) readIpv6(bytes, fields)
}

function readIpv4(bytes: Bytes, fields: SflowFields): void {
  if (bytes.left < 20) return
  const first = bytes.u8()
  const service = bytes.u8()
  fields['ip_version'] = first >> 4
  fields['ip_header_length'] = first & 0xf
  fields['ip_dscp'] = service >> 2
  fields['ip_ecn'] = service & 3
  fields['ip_total_length'] = bytes.u16()
  fields['ip_identification'] = bytes.u16()
  const fragment = bytes.u16()
  fields['ip_flags'] = fragment >> 13
  fields['ip_fragment_offset'] = fragment & 0x1fff
  fields['ip_ttl'] = bytes.u8()
  const protocol = bytes.u8()
  fields['ip_protocol'] = protocol
  fields['ip_checksum'] = bytes.u16()
  fields['src_ip'] = bytes.ipv4()
  fields['dst_ip'] = bytes.ipv4()
  const optionBytes = (first & 0xf) * 4 - 20
  if (optionBytes < 0 || optionBytes > bytes.left) return
  bytes.take(optionBytes)
  // Only the first fragment begins with a header.
  if ((fragment & 0x1fff) === 0) readTransport(protocol, bytes, fields)
}

function readIpv6(bytes: Bytes, fields: SflowFields): void {
  if (bytes.left < 40) return
  const first = bytes.u32()
  fields['ip_version'] = first >>> 28
  fields['ip_dscp'] = (first >>> 22) & 0x3f
  fields['ip_ecn'] = (first >>> 20) & 3
  fields['ipv6_flow_label'] = first & 0xfffff
  fields['ip_payload_length'] = bytes.u16()
  const protocol = bytes.u8()
  fields['ip_protocol'] = protocol
  fields['ipv6_hop_limit'] = bytes.u8()
  fields['src_ip'] = bytes.ipv6()
  fields['dst_ip'] = bytes.ipv6()
  readTransport(protocol, bytes, fields)
}

function readTransport(protocol: number, bytes: Bytes, fields: SflowFields): void {
  if (protocol === TCP && bytes.left >= 20) {
    fields['src_port'] = bytes.u16()
    fields['dst_port'] = bytes.u16()
    fields['tcp_seq_number'] = bytes.u32()
    fields['tcp_ack_number'] = bytes.u32()
    const flags = bytes.u16()
    fields['tcp_header_length'] = flags >> 12
    for (const [i, name] of TCP_FLAGS.entries()) fields[`tcp_is_${name}`] = (flags >> (TCP_FLAGS.length - 1 - i)) & 1
    fields['tcp_window_size'] = bytes.u16()
    fields['tcp_checksum'] = bytes.u16()
    fields['tcp_urgent_pointer'] = bytes.u16()
  } else if (protocol === UDP && bytes.left >= 8) {
    fields['src_port'] = bytes.u16()
    fields['dst_port'] = bytes.u16()
    fields['udp_length'] = bytes.u16()
    fields['udp_checksum'] = bytes.u16()
  }
}
