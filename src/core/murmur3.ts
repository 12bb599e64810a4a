/** MurmurHash3 of 32 bits with the seed 0, as a signed number: what Logstash's `MURMUR3` gives. Source: A. Appleby, public domain. */
export function murmur3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let hash = 0
  const end = bytes.length & ~3
  for (let at = 0; at < end; at += 4) {
    hash ^= mix32(view.getInt32(at, true))
    hash = (Math.imul(rotate32(hash, 13), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = bytes.length - 1; at >= end; at--) tail = (tail << 8) | (bytes[at] ?? 0)
  if (bytes.length > end) hash ^= mix32(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const rotate32 = (value: number, by: number): number => (value << by) | (value >>> (32 - by))
const mix32 = (word: number): number => Math.imul(rotate32(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)

const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn
const wrap = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotate = (value: bigint, by: bigint): bigint => wrap((value << by) | (value >> (64n - by)))
const mixFirst = (word: bigint): bigint => wrap(rotate(wrap(word * C1), 31n) * C2)
const mixSecond = (word: bigint): bigint => wrap(rotate(wrap(word * C2), 33n) * C1)

/** MurmurHash3 of 128 bits (the form for 64-bit machines) with the seed 0: 16 bytes, big-endian. */
export function murmur3x128(bytes: Uint8Array): Buffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let first = 0n
  let second = 0n
  const end = bytes.length & ~15
  for (let at = 0; at < end; at += 16) {
    first ^= mixFirst(view.getBigUint64(at, true))
    first = wrap((rotate(first, 27n) + second) * 5n + 0x52dce729n)
    second ^= mixSecond(view.getBigUint64(at + 8, true))
    second = wrap((rotate(second, 31n) + first) * 5n + 0x38495ab5n)
  }
  const tail = Buffer.alloc(16)
  tail.set(bytes.subarray(end))
  if (bytes.length - end > 8) second ^= mixSecond(tail.readBigUInt64LE(8))
  if (bytes.length > end) first ^= mixFirst(tail.readBigUInt64LE(0))
  const length = BigInt(bytes.length)
  first ^= length
  second ^= length
  first = wrap(first + second)
  second = wrap(second + first)
  first = finish(first)
  second = finish(second)
  first = wrap(first + second)
  second = wrap(second + first)
  const digest = Buffer.alloc(16)
  digest.writeBigUInt64BE(first, 0)
  digest.writeBigUInt64BE(second, 8)
  return digest
}

function finish(value: bigint): bigint {
  let mixed = wrap((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn)
  mixed = wrap((mixed ^ (mixed >> 33n)) * 0xc4ceb9fe1a85ec53n)
  return mixed ^ (mixed >> 33n)
}
