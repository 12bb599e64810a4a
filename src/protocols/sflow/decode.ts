import { Bytes, SflowError } from './bytes.ts'
import { readCounters } from './counters.ts'
import { readPacketHeader } from './packet-header.ts'

/** Values by the names that the codec of Logstash gives them. */
export type SflowFields = Record<string, number | bigint | string>

export type SflowType = 'flow_sample' | 'expanded_flow_sample' | 'counter_sample' | 'expanded_counter_sample'

/** A flow sample, with all that its records tell; or one record of counters. */
export interface SflowSample {
  readonly type: SflowType
  readonly fields: SflowFields
}

/** What a datagram may claim to hold. */
const MAX_SAMPLES = 1_000

/** Numbers of structures: 20 bits of an organization, 12 of a format. Those of sFlow itself are 0 and the format. */
const SAMPLES: Readonly<Record<number, SflowType>> = {
  1: 'flow_sample',
  2: 'counter_sample',
  3: 'expanded_flow_sample',
  4: 'expanded_counter_sample',
}

/**
 * Samples of a datagram of sFlow version 5 (https://sflow.org/sflow_version_5.txt). Samples and records of other structures are
 * left out.
 * @throws SflowError
 */
export function decodeSflow(datagram: Buffer): readonly SflowSample[] {
  const bytes = new Bytes(datagram)
  const version = bytes.u32()
  if (version !== 5) throw new SflowError(`version ${version}: 5 is read`)
  const head: SflowFields = {
    sflow_version: version,
    agent_ip: bytes.address(),
    sub_agent_id: bytes.u32(),
    sequence_number: bytes.u32(),
    uptime_in_ms: bytes.u32(),
  }
  const count = bytes.u32()
  if (count > MAX_SAMPLES) throw new SflowError(`${count} samples in a datagram`)
  const samples: SflowSample[] = []
  for (let i = 0; i < count; i++) {
    const type = SAMPLES[bytes.u32()]
    const sample = bytes.part(bytes.u32())
    if (type === 'flow_sample' || type === 'expanded_flow_sample') samples.push(flowSample(type, sample, head))
    else if (type !== undefined) samples.push(...counterSamples(type, sample, head))
  }
  return samples
}

/** What is sampled: of a type, with a number. Both in one word, or each in its own. */
function source(isExpanded: boolean, bytes: Bytes): SflowFields {
  if (isExpanded) return { source_id_type: bytes.u32(), source_id_index: bytes.u32() }
  const both = bytes.u32()
  return { source_id_type: both >>> 24, source_id_index: both & 0xffffff }
}

function flowSample(type: SflowType, bytes: Bytes, head: SflowFields): SflowSample {
  const isExpanded = type === 'expanded_flow_sample'
  const fields: SflowFields = {
    ...head,
    flow_sequence_number: bytes.u32(),
    ...source(isExpanded, bytes),
    sampling_rate: bytes.u32(),
    sample_pool: bytes.u32(),
    drops: bytes.u32(),
  }
  for (const side of ['input', 'output']) {
    const word = bytes.u32()
    fields[`${side}_interface_format`] = isExpanded ? word : word >>> 30
    fields[`${side}_interface`] = isExpanded ? bytes.u32() : word & 0x3fffffff
  }
  for (const [structure, record] of records(bytes)) readFlowRecord(structure, record, fields)
  const { frame_length: length, sampling_rate: rate } = fields
  if (typeof length === 'number' && typeof rate === 'number') fields['frame_length_times_sampling_rate'] = length * rate
  return { type, fields }
}

function counterSamples(type: SflowType, bytes: Bytes, head: SflowFields): readonly SflowSample[] {
  const common = { ...head, sample_seq_number: bytes.u32(), ...source(type === 'expanded_counter_sample', bytes) }
  return records(bytes).flatMap(([structure, record]) => {
    const fields: SflowFields = { ...common }
    return readCounters(structure, record, fields) ? [{ type, fields }] : []
  })
}

function records(bytes: Bytes): readonly (readonly [number, Bytes])[] {
  const count = bytes.u32()
  // Each takes 8 bytes at least.
  if (count * 8 > bytes.left) throw new SflowError(`${count} records do not take ${bytes.left} bytes`)
  return Array.from({ length: count }, () => [bytes.u32(), bytes.part(bytes.u32())] as const)
}

function readFlowRecord(structure: number, bytes: Bytes, fields: SflowFields): void {
  switch (structure) {
    case 1: {
      const protocol = bytes.u32()
      fields['protocol'] = protocol
      fields['frame_length'] = bytes.u32()
      fields['stripped'] = bytes.u32()
      const size = bytes.u32()
      fields['header_size'] = size
      readPacketHeader(protocol, bytes.part(size), fields)
      return
    }
    case 2:
      fields['packet_length'] = bytes.u32()
      fields['eth_src'] = bytes.mac()
      bytes.take(2)
      fields['eth_dst'] = bytes.mac()
      bytes.take(2)
      fields['eth_type'] = bytes.u32()
      return
    case 3:
    case 4: {
      const isV4 = structure === 3
      fields['ip_packet_length'] = bytes.u32()
      fields['ip_protocol'] = bytes.u32()
      fields['src_ip'] = isV4 ? bytes.ipv4() : bytes.ipv6()
      fields['dst_ip'] = isV4 ? bytes.ipv4() : bytes.ipv6()
      fields['src_port'] = bytes.u32()
      fields['dst_port'] = bytes.u32()
      fields['tcp_flags'] = bytes.u32()
      fields[isV4 ? 'ip_type' : 'ip_priority'] = bytes.u32()
      return
    }
    case 1001:
      fields['src_vlan'] = bytes.u32()
      fields['src_priority'] = bytes.u32()
      fields['dst_vlan'] = bytes.u32()
      fields['dst_priority'] = bytes.u32()
      return
    case 1002:
      fields['ip_address_next_hop_router'] = bytes.address()
      fields['src_mask_len'] = bytes.u32()
      fields['dst_mask_len'] = bytes.u32()
      return
    default:
  }
}
