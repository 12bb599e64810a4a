import type { Bytes } from './bytes.ts'
import type { SflowFields } from './decode.ts'

/**
 * Counters by the number of their structure: names, each of 4 bytes; `:8` of 8 bytes, `:f` a float. https://sflow.org/developers/structures.php
 */
const COUNTERS: Readonly<Record<number, string>> = {
  // An interface.
  1:
    'interface_index interface_type interface_speed:8 interface_direction interface_status input_octets:8 ' +
    'input_packets input_multicast_packets input_broadcast_packets input_discarded_packets input_errors ' +
    'input_unknown_protocol_packets output_octets:8 output_packets output_multicast_packets ' +
    'output_broadcast_packets output_discarded_packets output_errors promiscous_mode',
  // Errors of Ethernet.
  2:
    'dot3StatsAlignmentErrors dot3StatsFCSErrors dot3StatsSingleCollisionFrames dot3StatsMultipleCollisionFrames ' +
    'dot3StatsSQETestErrors dot3StatsDeferredTransmissions dot3StatsLateCollisions dot3StatsExcessiveCollisions ' +
    'dot3StatsInternalMacTransmitErrors dot3StatsCarrierSenseErrors dot3StatsFrameTooLongs ' +
    'dot3StatsInternalMacReceiveErrors dot3StatsSymbolErrors',
  // A virtual network.
  5: 'vlan_id octets:8 ucastPkts multicastPkts broadcastPkts discards',
  // A processor.
  1001: 'five_sec_cpu_percent one_min_cpu_percent five_min_cpu_percent total_memory:8 free_memory:8',
  // A host: processors.
  2003:
    'load_one:f load_five:f load_fifteen:f proc_run proc_total cpu_num cpu_speed uptime cpu_user cpu_nice ' +
    'cpu_system cpu_idle cpu_wio cpu_intr cpu_sintr interrupts contexts',
  // A host: memory, in bytes.
  2004:
    'mem_total:8 mem_free:8 mem_shared:8 mem_buffers:8 mem_cached:8 swap_total:8 swap_free:8 page_in page_out ' +
    'swap_in swap_out',
  // A host: disks.
  2005: 'disk_total:8 disk_free:8 part_max_used_percent reads bytes_read:8 read_time writes bytes_written:8 write_time',
  // A host: networks.
  2006: 'bytes_in:8 pkts_in errs_in drops_in bytes_out:8 packets_out errs_out drops_out',
  // A web server: requests by method and status.
  2201:
    'method_option_count method_get_count method_head_count method_post_count method_put_count method_delete_count ' +
    'method_trace_count method_connect_count method_other_count status_1XX_count status_2XX_count status_3XX_count ' +
    'status_4XX_count status_5XX_count status_other_count',
}

/** Reads counters into fields. Answers whether the structure is known. */
export function readCounters(structure: number, bytes: Bytes, fields: SflowFields): boolean {
  const counters = COUNTERS[structure]
  if (counters === undefined) return false
  for (const written of counters.split(' ')) {
    const [name = '', size] = written.split(':')
    fields[name] = size === '8' ? bytes.u64() : size === 'f' ? bytes.f32() : bytes.u32()
  }
  return true
}
