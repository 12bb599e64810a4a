import { expect, test } from 'vitest'
import { murmur3, murmur3x128 } from './murmur3.ts'

// Values of Guava's `murmur3_32` and `murmur3_128`, and of the reference implementation.
test.each([
  ['', 0],
  ['hello', 0x248bfa47],
  ['hello, world', 0x149bbb7f],
  ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
])('32 bits of %j', (text, wanted) => {
  expect(murmur3(Buffer.from(text)) >>> 0).toBe(wanted)
})

test.each([
  ['', '00000000000000000000000000000000'],
  ['hello', 'cbd8a7b341bd9b025b1e906a48ae1d19'],
  ['The quick brown fox jumps over the lazy dog', 'e34bbc7bbc071b6c7a433ca9c49a9347'],
])('128 bits of %j', (text, wanted) => {
  expect(murmur3x128(Buffer.from(text)).toString('hex')).toBe(wanted)
})
