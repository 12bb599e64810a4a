import type { TermSelection } from '../../../../query/aggregation.ts'
import type { RawKey } from './bucket-key.ts'

type Partition = Extract<TermSelection, { kind: 'partition' }>

/** Whether a term falls into a partition, by the hashes that Elasticsearch takes (IncludeExclude). */
export function inPartition(raw: RawKey, { partition, partitions }: Partition): boolean {
  if (typeof raw === 'string') return floorMod(murmur3(Buffer.from(raw), SEED), partitions) === partition
  const bits = BigInt.asIntN(64, mix64(BigInt.asUintN(64, wholeBits(raw))))
  const rest = bits % BigInt(partitions)
  return Number(rest < 0n ? rest + BigInt(partitions) : rest) === partition
}

const SEED = 31

function floorMod(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus
}

/** Numbers are hashed as 64 bits: whole ones by their value, others by their floating-point bits. */
function wholeBits(raw: number | bigint | boolean): bigint {
  if (typeof raw === 'number' && !Number.isInteger(raw)) {
    return new BigInt64Array(new Float64Array([raw]).buffer)[0] ?? 0n
  }
  return BigInt(raw)
}

/** `BitMixer.mix64` of the HPPC library. */
function mix64(value: bigint): bigint {
  let z = BigInt.asUintN(64, (value ^ (value >> 32n)) * 0x4c_d6_94_4c_5c_c2_0b_6dn)
  z = BigInt.asUintN(64, (z ^ (z >> 29n)) * 0xfc_12_c5_b1_9d_32_59_e9n)
  return z ^ (z >> 32n)
}

/** MurmurHash3, 32 bits, x86 variant, as a signed number (Lucene's StringHelper.murmurhash3_x86_32). */
function murmur3(bytes: Uint8Array, seed: number): number {
  let hash = seed
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    hash ^= scramble(view.getInt32(i, true))
    hash = Math.imul(rotate(hash, 13), 5) + 0xe654_6b64
  }
  let tail = 0
  for (let i = bytes.length - 1; i >= whole; i--) tail = (tail << 8) | (bytes[i] ?? 0)
  if (bytes.length > whole) hash ^= scramble(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}

function scramble(word: number): number {
  return Math.imul(rotate(Math.imul(word, 0xcc9e_2d51), 15), 0x1b87_3593)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
