import { createHash } from 'node:crypto'
import { illegalArgument } from '../../core/errors.ts'
import type { IpBytes } from '../../core/ip.ts'
import { textOf } from '../../script/painless/values/text.ts'
import type { IngestDocument } from './ingest-document.ts'
import { addressIn } from './network.ts'
import { defineProcessor } from './processor.ts'

const TRANSPORTS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  'ipv6-icmp': 58,
  icmpv6: 58,
  eigrp: 88,
  ospf: 89,
  pim: 103,
  sctp: 132,
}

/** Types of ICMP that answer each other. */
const ICMP4: Readonly<Record<number, number>> = { 0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17 }
const ICMP6: Readonly<Record<number, number>> = { 128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135 }

/** Community ID 1 (https://github.com/corelight/community-id-spec): the same for both directions of a flow. */
export const communityId = defineProcessor({
  name: 'community_id',
  summary: 'Names a network flow as Zeek, Suricata and Beats do.',
  create(config) {
    const sourceIp = config.text('source_ip', 'source.ip')
    const sourcePort = config.text('source_port', 'source.port')
    const destinationIp = config.text('destination_ip', 'destination.ip')
    const destinationPort = config.text('destination_port', 'destination.port')
    const ianaNumber = config.text('iana_number', 'network.iana_number')
    const icmpType = config.text('icmp_type', 'icmp.type')
    const icmpCode = config.text('icmp_code', 'icmp.code')
    const transport = config.text('transport', 'network.transport')
    const target = config.text('target_field', 'network.community_id')
    const seed = config.integer('seed', 0)
    const ignoreMissing = config.flag('ignore_missing', true)
    if (seed < 0 || seed > 65_535) throw config.error('seed', `must be a value between 0 and 65535, but is [${seed}]`)
    return (document) => {
      const [from, to] = [addressIn(document, sourceIp), addressIn(document, destinationIp)]
      const protocol = protocolOf(document, ianaNumber, transport)
      if (from === undefined || to === undefined || protocol === undefined) {
        if (ignoreMissing) return
        throw illegalArgument('unable to construct flow from document')
      }
      const ports = isIcmp(protocol)
        ? icmpPorts(protocol, numberIn(document, icmpType) ?? 0, numberIn(document, icmpCode) ?? 0)
        : { source: numberIn(document, sourcePort), destination: numberIn(document, destinationPort), oneWay: false }
      document.set(target, flowId({ from, to, protocol, seed, ...ports }))
    }
  },
})

function protocolOf(document: IngestDocument, ianaNumber: string, transport: string): number | undefined {
  const number = numberIn(document, ianaNumber)
  if (number !== undefined) return number
  const name = document.find(transport)
  if (name === undefined || name === null) return undefined
  const text = textOf(name).toLowerCase()
  return TRANSPORTS[text] ?? (/^\d+$/.test(text) ? Number(text) : undefined)
}

function numberIn(document: IngestDocument, path: string): number | undefined {
  const value = document.find(path)
  if (value === undefined || value === null) return undefined
  const number = Number(textOf(value))
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw illegalArgument(`[${path}] has to be a number from 0 to 65535, but is [${textOf(value)}]`)
  }
  return number
}

const isIcmp = (protocol: number): boolean => protocol === 1 || protocol === 58

function icmpPorts(protocol: number, type: number, code: number): { source: number; destination: number; oneWay: boolean } {
  const other = (protocol === 1 ? ICMP4 : ICMP6)[type]
  return { source: type, destination: other ?? code, oneWay: other === undefined }
}

interface Flow {
  readonly from: IpBytes
  readonly to: IpBytes
  readonly protocol: number
  readonly seed: number
  readonly source: number | undefined
  readonly destination: number | undefined
  readonly oneWay: boolean
}

function flowId({ from, to, protocol, seed, source, destination, oneWay }: Flow): string {
  const [a, b] = [bare(from), bare(to)]
  const order = Buffer.compare(a, b) || (source ?? 0) - (destination ?? 0)
  const swap = !oneWay && order > 0
  const parts = [u16(seed), swap ? b : a, swap ? a : b, Buffer.from([protocol, 0])]
  if (source !== undefined && destination !== undefined) {
    parts.push(u16(swap ? destination : source), u16(swap ? source : destination))
  }
  return `1:${createHash('sha1').update(Buffer.concat(parts)).digest('base64')}`
}

/** Four bytes for IPv4. */
function bare(address: IpBytes): Buffer {
  const bytes = Buffer.from(address)
  return bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex')) ? bytes.subarray(12) : bytes
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
