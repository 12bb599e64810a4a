import { formatIp } from '../core/ip.ts'

/** Bits before an address of IPv4 among those of IPv6. */
export const IPV4_BITS_BEFORE = 96

interface Networks {
  readonly isIpv6: boolean
  /** Bits that the addresses of a network have in common. */
  readonly prefixLength: number
}

/** Where the network of an address begins; none for one of the other version. `address`: 16 bytes. */
export function networkOf(address: Uint8Array, { isIpv6, prefixLength }: Networks): Uint8Array[] {
  if (isIpv4(address) === isIpv6) return []
  return [masked(address, isIpv6 ? prefixLength : IPV4_BITS_BEFORE + prefixLength)]
}

/** `255.255.0.0` for 16. */
export function ipv4Netmask(prefixLength: number): string {
  const all = new Uint8Array(16).fill(0xff, 10)
  return formatIp(masked(all, IPV4_BITS_BEFORE + prefixLength))
}

const isIpv4 = (address: Uint8Array): boolean => address.every((byte, i) => i >= 12 || byte === (i < 10 ? 0 : 0xff))

function masked(address: Uint8Array, bits: number): Uint8Array {
  return address.map((byte, i) => byte & (0xff << Math.max(0, Math.min(8, 8 * (i + 1) - bits))))
}
