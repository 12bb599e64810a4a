import { parseIp, parseIpBlock, type IpBytes } from '../../core/ip.ts'
import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import type { IngestDocument } from './ingest-document.ts'

/** An address in a field; `undefined` where there is none. @throws ElkhornError for what is no address */
export function addressIn(document: IngestDocument, path: string): IpBytes | undefined {
  const value = document.find(path)
  if (value === undefined || value === null) return undefined
  const address = parseIp(textOf(value))
  if (address === undefined) throw illegalArgument(`'${textOf(value)}' is not an IP string literal.`)
  return address
}

/** Networks by the names that Elasticsearch gives them. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  unicast: ['0.0.0.0/0', '::/0'],
  global_unicast: ['0.0.0.0/0', '2000::/3'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  interface_local_multicast: ['ff01::/16'],
  link_local_unicast: ['169.254.0.0/16', 'fe80::/10'],
  link_local_multicast: ['224.0.0.0/24', 'ff02::/16'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  unspecified: ['0.0.0.0/32', '::/128'],
}

/** Whether an address is in a network: a block, an address, or one of the names above and `public`. */
export function inNetwork(address: IpBytes, network: string): boolean {
  if (network === 'public') {
    return !['loopback', 'private', 'multicast', 'link_local_unicast', 'unspecified'].some((name) => inNetwork(address, name))
  }
  const blocks = Object.hasOwn(NAMED, network) ? (NAMED[network] ?? []) : [network]
  return blocks.some((block) => {
    const range = parseIpBlock(block.includes('/') ? block : `${block}/${block.includes(':') ? 128 : 32}`)
    if (range === undefined)
      throw illegalArgument(`[${network}] is no network: expected a block like [10.0.0.0/8] or a name like [private]`)
    return Buffer.compare(address, range.first) >= 0 && Buffer.compare(address, range.last) <= 0
  })
}
