import { expect, test } from 'vitest'
import { formatIp, parseIp } from '../core/ip.ts'
import { ipv4Netmask, networkOf } from './ip-network.ts'

test.each([
  { address: '10.1.2.3', isIpv6: false, prefixLength: 16, want: ['10.1.0.0'] },
  { address: '10.1.2.3', isIpv6: false, prefixLength: 32, want: ['10.1.2.3'] },
  { address: '10.1.2.3', isIpv6: false, prefixLength: 0, want: ['0.0.0.0'] },
  { address: '10.1.2.255', isIpv6: false, prefixLength: 25, want: ['10.1.2.128'] },
  { address: '10.1.2.3', isIpv6: true, prefixLength: 64, want: [] },
  { address: '2001:db8:1:2:3::4', isIpv6: true, prefixLength: 64, want: ['2001:db8:1:2::'] },
  { address: '2001:db8:ffff::', isIpv6: true, prefixLength: 33, want: ['2001:db8:8000::'] },
  { address: '::1', isIpv6: false, prefixLength: 8, want: [] },
])('$address is in $want of $prefixLength bits', ({ address, isIpv6, prefixLength, want }) => {
  expect(networkOf(parseIp(address) ?? new Uint8Array(16), { isIpv6, prefixLength }).map(formatIp)).toEqual(want)
})

test.each([
  { bits: 0, want: '0.0.0.0' },
  { bits: 12, want: '255.240.0.0' },
  { bits: 32, want: '255.255.255.255' },
])('a netmask of $bits bits', ({ bits, want }) => expect(ipv4Netmask(bits)).toBe(want))
