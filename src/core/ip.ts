/**
 * IP addresses as 16 bytes: IPv6 as it is, IPv4 mapped to `::ffff:a.b.c.d`, so that all of them sort in one order.
 */
export type IpBytes = Uint8Array

/** `undefined` for what is no address. Takes no port and no prefix; a zone (`%eth0`) is dropped, as Elasticsearch does. */
export function parseIp(text: string): IpBytes | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** Shortest usual form: dotted for mapped IPv4, else RFC 5952. */
export function formatIp(bytes: IpBytes): string {
  if (isMappedIpv4(bytes)) return `${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0))
  let bestStart = -1
  let bestLength = 1
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length += 1
    if (length > bestLength) {
      bestStart = start
      bestLength = length
    }
  }
  const print = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (bestStart < 0) return print(groups)
  return `${print(groups.slice(0, bestStart))}::${print(groups.slice(bestStart + bestLength))}`
}

/** First and last address of a block like `10.0.0.0/8`; `undefined` for what is no block. */
export function parseIpBlock(
  text: string,
): { readonly first: IpBytes; readonly last: IpBytes; readonly prefixLength: number } | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const address = parseIp(text.slice(0, slash))
  const lengthText = text.slice(slash + 1)
  if (!address || !/^\d{1,3}$/.test(lengthText)) return undefined
  const isV4 = !text.slice(0, slash).includes(':')
  const length = Number(lengthText)
  if (length > (isV4 ? 32 : 128)) return undefined
  const bits = isV4 ? length + 96 : length
  const first = address.slice()
  const last = address.slice()
  for (let i = 0; i < 16; i++) {
    const kept = Math.min(8, Math.max(0, bits - i * 8))
    const mask = (0xff << (8 - kept)) & 0xff
    first[i] = (address[i] ?? 0) & mask
    last[i] = (address[i] ?? 0) | (~mask & 0xff)
  }
  return { first, last, prefixLength: length }
}

function isMappedIpv4(bytes: IpBytes): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false
  return bytes[10] === 0xff && bytes[11] === 0xff
}

function parseIpv4(text: string): IpBytes | undefined {
  const bytes = new Uint8Array(16)
  bytes[10] = 0xff
  bytes[11] = 0xff
  return readDotted(text, 0, bytes, 12) ? bytes : undefined
}

/** Reads `a.b.c.d` from `start` to the end of the text into four bytes. Leading zeros are refused: they may mean octal. */
function readDotted(text: string, start: number, bytes: IpBytes, offset: number): boolean {
  let part = 0
  let digits = 0
  let value = 0
  for (let i = start; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x2e
    if (code === 0x2e) {
      if (digits === 0 || part > 3) return false
      bytes[offset + part] = value
      part += 1
      digits = 0
      value = 0
    } else if (code >= 0x30 && code <= 0x39) {
      if (digits > 0 && value === 0) return false
      value = value * 10 + code - 0x30
      digits += 1
      if (value > 255) return false
    } else return false
  }
  return part === 4
}

function parseIpv6(text: string): IpBytes | undefined {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  const gap = address.indexOf('::')
  const bytes = new Uint8Array(16)
  if (gap < 0) return readGroups(address, bytes, 0) === 16 ? bytes : undefined
  if (address.includes('::', gap + 1)) return undefined
  const tail = new Uint8Array(16)
  const head = gap === 0 ? 0 : readGroups(address.slice(0, gap), bytes, 0)
  const rest = gap + 2 === address.length ? 0 : readGroups(address.slice(gap + 2), tail, 0)
  if (head < 0 || rest < 0 || head + rest > 14) return undefined
  bytes.set(tail.subarray(0, rest), 16 - rest)
  return bytes
}

/** How many bytes the groups fill, the last of which may be dotted; -1 for what are no groups. */
function readGroups(text: string, bytes: IpBytes, offset: number): number {
  let at = offset
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    if (i === groups.length - 1 && group.includes('.')) {
      if (at > 12 || !readDotted(group, 0, bytes, at)) return -1
      return at + 4
    }
    if (at > 14 || !/^[0-9A-Fa-f]{1,4}$/.test(group)) return -1
    const value = Number.parseInt(group, 16)
    bytes[at] = value >> 8
    bytes[at + 1] = value & 0xff
    at += 2
  }
  return at
}
