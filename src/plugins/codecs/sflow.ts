import { z } from 'zod'
import type { Fields } from '../../core/event.ts'
import { decodeSflow } from '../../protocols/sflow/decode.ts'
import { ignored, list } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { bufferOf } from './charset.ts'
import { decodedEvent } from './decoded.ts'

/** What most never ask for. */
const REMOVED = `sflow_version header_size ip_header_length ip_dscp ip_ecn ip_total_length ip_identification ip_flags
  ip_fragment_offset ip_ttl ip_checksum tcp_seq_number tcp_ack_number tcp_header_length tcp_is_nonce tcp_is_cwr tcp_is_ecn_echo
  tcp_is_urgent tcp_is_ack tcp_is_push tcp_is_reset tcp_is_syn tcp_is_fin tcp_window_size tcp_checksum tcp_urgent_pointer
  vlan_cfi sequence_number flow_sequence_number vlan_type udp_length udp_checksum`

const snmp = ignored('name interfaces with a translate filter')

export const sflow = defineCodec({
  name: 'sflow',
  summary:
    'Samples of sFlow version 5, of a udp input: an event for each flow sample and each record of counters. Values are texts, as Logstash’s plug-in writes them.',
  config: z.strictObject({
    versions: list().default(['5']).describe('Accepted: version 5 is read.'),
    optional_removed_field: list()
      .default(REMOVED.split(/\s+/))
      .describe('Fields that are left out. All are kept when there are none in the list.'),
    snmp_interface: snmp,
    snmp_community: snmp,
    interface_cache_size: snmp,
    interface_cache_ttl: snmp,
  }),
  examples: [
    {
      title: 'Counters of a virtual network',
      config: {},
      in: {
        hex: '00000005 00000001 c0000201 00000000 00000001 000003e8 00000001 00000002 00000030 00000007 00000003 00000001 00000005 0000001c 0000000a 0000000000000400 00000001 00000002 00000003 00000004'.replaceAll(
          ' ',
          '',
        ),
      },
      out: [
        {
          agent_ip: '192.0.2.1',
          sub_agent_id: '0',
          uptime_in_ms: '1000',
          sample_seq_number: '7',
          source_id_type: '0',
          source_id_index: '3',
          vlan_id: '10',
          octets: '1024',
          ucastPkts: '1',
          multicastPkts: '2',
          broadcastPkts: '3',
          discards: '4',
          sflow_type: 'counter_sample',
        },
      ],
    },
    { title: 'No datagram', config: {}, in: 'abc', out: [] },
  ],
  create({ optional_removed_field: names }, { log }) {
    const removed = new Set(names)
    const trouble = new Trouble(log)
    return {
      decoder: () => ({
        decode(bytes) {
          try {
            const samples = decodeSflow(bufferOf(bytes))
            const share = Math.ceil(bytes.length / Math.max(1, samples.length))
            return samples.map(({ type, fields }) => {
              const kept: Fields = {}
              for (const [name, value] of Object.entries(fields)) if (!removed.has(name)) kept[name] = asWritten(name, value)
              return decodedEvent({ ...kept, sflow_type: type }, share)
            })
          } catch (error) {
            trouble.tell('a datagram of sFlow could not be read', error)
            return []
          }
        },
        end: () => [],
      }),
      encode() {
        throw new Error('the sflow codec reads only: use it with inputs')
      },
    }
  },
})

/** The product is one of a number of the codec's own. */
function asWritten(name: string, value: number | bigint | string): number | string {
  return name === 'frame_length_times_sampling_rate' ? Number(value) : String(value)
}
