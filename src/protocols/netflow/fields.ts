/** How the bytes of a field read. */
export type FieldKind =
  | 'unsigned'
  | 'signed'
  | 'float'
  | 'ip'
  | 'mac'
  | 'text'
  | 'bytes'
  | 'uptime'
  | 'seconds'
  | 'millis'
  | 'boolean'

export interface FieldDefinition {
  readonly name: string
  readonly kind: FieldKind
}

/** Names of NetFlow version 9 (RFC 3954 §8), as Logstash spells them: `number name kind`, `u` unsigned when absent. */
const NETFLOW_TABLE = `1 in_bytes
2 in_pkts
3 flows
4 protocol
5 src_tos
6 tcp_flags
7 l4_src_port
8 ipv4_src_addr ip
9 src_mask
10 input_snmp
11 l4_dst_port
12 ipv4_dst_addr ip
13 dst_mask
14 output_snmp
15 ipv4_next_hop ip
16 src_as
17 dst_as
18 bgp_ipv4_next_hop ip
19 mul_dst_pkts
20 mul_dst_bytes
21 last_switched uptime
22 first_switched uptime
23 out_bytes
24 out_pkts
25 min_pkt_length
26 max_pkt_length
27 ipv6_src_addr ip
28 ipv6_dst_addr ip
29 ipv6_src_mask
30 ipv6_dst_mask
31 ipv6_flow_label
32 icmp_type
33 mul_igmp_type
34 sampling_interval
35 sampling_algorithm
36 flow_active_timeout
37 flow_inactive_timeout
38 engine_type
39 engine_id
40 total_bytes_exp
41 total_pkts_exp
42 total_flows_exp
44 ipv4_src_prefix ip
45 ipv4_dst_prefix ip
46 mpls_top_label_type
47 mpls_top_label_ip_addr ip
48 flow_sampler_id
49 flow_sampler_mode
50 flow_sampler_random_interval
52 min_ttl
53 max_ttl
54 ipv4_ident
55 dst_tos
56 in_src_mac mac
57 out_dst_mac mac
58 src_vlan
59 dst_vlan
60 ip_protocol_version
61 direction
62 ipv6_next_hop ip
63 bgp_ipv6_next_hop ip
64 ipv6_option_headers
80 in_dst_mac mac
81 out_src_mac mac
82 if_name text
83 if_desc text
84 sampler_name text
85 in_permanent_bytes
86 in_permanent_pkts
88 fragment_offset
89 forwarding_status
94 application_description text
95 application_id bytes
96 application_name text
136 flow_end_reason
148 conn_id
152 flow_start_msec millis
153 flow_end_msec millis
225 xlate_src_addr_ipv4 ip
226 xlate_dst_addr_ipv4 ip
227 xlate_src_port
228 xlate_dst_port
230 natEvent
231 fwd_flow_delta_bytes
232 rev_flow_delta_bytes
233 fw_event
234 ingressVRFID
235 egressVRFID
323 event_time_msec millis`

/** Names of IPFIX (IANA's registry of information elements, RFC 7012). */
const IPFIX_TABLE = `1 octetDeltaCount
2 packetDeltaCount
3 deltaFlowCount
4 protocolIdentifier
5 ipClassOfService
6 tcpControlBits
7 sourceTransportPort
8 sourceIPv4Address ip
9 sourceIPv4PrefixLength
10 ingressInterface
11 destinationTransportPort
12 destinationIPv4Address ip
13 destinationIPv4PrefixLength
14 egressInterface
15 ipNextHopIPv4Address ip
16 bgpSourceAsNumber
17 bgpDestinationAsNumber
18 bgpNextHopIPv4Address ip
21 flowEndSysUpTime
22 flowStartSysUpTime
23 postOctetDeltaCount
24 postPacketDeltaCount
25 minimumIpTotalLength
26 maximumIpTotalLength
27 sourceIPv6Address ip
28 destinationIPv6Address ip
29 sourceIPv6PrefixLength
30 destinationIPv6PrefixLength
31 flowLabelIPv6
32 icmpTypeCodeIPv4
34 samplingInterval
35 samplingAlgorithm
36 flowActiveTimeout
37 flowIdleTimeout
40 exportedOctetTotalCount
41 exportedMessageTotalCount
42 exportedFlowRecordTotalCount
52 minimumTTL
53 maximumTTL
54 fragmentIdentification
55 postIpClassOfService
56 sourceMacAddress mac
57 postDestinationMacAddress mac
58 vlanId
59 postVlanId
60 ipVersion
61 flowDirection
62 ipNextHopIPv6Address ip
63 bgpNextHopIPv6Address ip
80 destinationMacAddress mac
81 postSourceMacAddress mac
82 interfaceName text
83 interfaceDescription text
84 samplerName text
85 octetTotalCount
86 packetTotalCount
88 fragmentOffset
89 forwardingStatus
95 applicationId bytes
96 applicationName text
130 exporterIPv4Address ip
131 exporterIPv6Address ip
136 flowEndReason
138 observationPointId
139 icmpTypeCodeIPv6
143 meteringProcessId
144 exportingProcessId
148 flowId
149 observationDomainId
150 flowStartSeconds seconds
151 flowEndSeconds seconds
152 flowStartMilliseconds millis
153 flowEndMilliseconds millis
160 systemInitTimeMilliseconds millis
161 flowDurationMilliseconds
176 icmpTypeIPv4
177 icmpCodeIPv4
178 icmpTypeIPv6
179 icmpCodeIPv6
180 udpSourcePort
181 udpDestinationPort
182 tcpSourcePort
183 tcpDestinationPort
184 tcpSequenceNumber
189 ipHeaderLength
192 ipTTL
193 nextHeaderIPv6
195 ipDiffServCodePoint
206 isMulticast
210 paddingOctets bytes
225 postNATSourceIPv4Address ip
226 postNATDestinationIPv4Address ip
227 postNAPTSourceTransportPort
228 postNAPTDestinationTransportPort
229 natOriginatingAddressRealm
230 natEvent
233 firewallEvent
234 ingressVRFID
235 egressVRFID
236 VRFname text
239 biflowDirection
243 dot1qVlanId
256 ethernetType
276 dataRecordsReliability boolean
302 selectorId
304 selectorAlgorithm
305 samplingPacketInterval
306 samplingPacketSpace
322 observationTimeSeconds seconds
323 observationTimeMilliseconds millis
346 privateEnterpriseNumber`

function readTable(table: string): ReadonlyMap<number, FieldDefinition> {
  return new Map(
    table.split('\n').map((line) => {
      const [number = '', name = '', kind = 'unsigned'] = line.split(' ')
      return [Number(number), { name, kind: kind as FieldKind }]
    }),
  )
}

export interface FieldTables {
  readonly netflow: ReadonlyMap<number, FieldDefinition>
  readonly ipfix: ReadonlyMap<number, FieldDefinition>
}

/** Both tables, read once by whoever needs them. */
export function loadFieldTables(): FieldTables {
  return { netflow: readTable(NETFLOW_TABLE), ipfix: readTable(IPFIX_TABLE) }
}
