import { expect, test } from 'vitest'
import { formatIp, parseIp, parseIpBlock } from './ip.ts'

test.each([
  ['192.168.1.1', '192.168.1.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0DB8::0001', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
])('%s is read and printed as %s', (text, printed) => {
  const bytes = parseIp(text)
  expect(bytes && formatIp(bytes)).toBe(printed)
})

test.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4/8',
  ':::',
  '1::2::3',
  '12345::',
  '1:2:3:4:5:6:7',
  'x',
  '1.2.3.x',
  '::1.2.3',
])('%s is no address', (text) => {
  expect(parseIp(text)).toBeUndefined()
})

test.each([
  { block: '10.1.2.3/8', first: '10.0.0.0', last: '10.255.255.255' },
  { block: '192.168.0.0/31', first: '192.168.0.0', last: '192.168.0.1' },
  { block: '1.2.3.4/32', first: '1.2.3.4', last: '1.2.3.4' },
  { block: '2001:db8::/33', first: '2001:db8::', last: '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff' },
  { block: '0.0.0.0/0', first: '0.0.0.0', last: '255.255.255.255' },
])('$block spans $first to $last', ({ block, first, last }) => {
  const range = parseIpBlock(block)
  expect(range && [formatIp(range.first), formatIp(range.last)]).toEqual([first, last])
})

test.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/x'])('%s is no block', (text) => {
  expect(parseIpBlock(text)).toBeUndefined()
})
