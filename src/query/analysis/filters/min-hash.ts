import { illegalArgument } from '../../../core/errors.ts'
import { murmur3x128 } from '../../../core/murmur3.ts'
import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

/** Tokens that a text may become. */
const MAX_HASHES = 100_000

/** Two halves of 64 bits, as unsigned numbers. */
interface Hash {
  readonly low: bigint
  readonly high: bigint
}

/**
 * In place of the tokens of a text the smallest of their hashes, in buckets: texts that are alike have many in common. As
 * Lucene's MinHashFilter.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function minHashFilter(parameters: Parameters): TokenFilter {
  const positive = (name: string, otherwise: number): number => {
    const value = parameters.int(name, otherwise)
    if (value <= 0) throw illegalArgument(`${name} must be greater than zero`)
    return value
  }
  const hashCount = positive('hash_count', 1)
  const bucketCount = positive('bucket_count', 512)
  const setSize = positive('hash_set_size', 1)
  const rotates = parameters.bool('with_rotation', bucketCount > 1)
  if (hashCount * bucketCount * setSize > MAX_HASHES)
    throw illegalArgument(
      `[${parameters.name}] makes up to [${hashCount * bucketCount * setSize}] tokens of a text, more than [${MAX_HASHES}]: [hash_count] times [bucket_count] times [hash_set_size]`,
    )
  const bucketWidth = BigInt(Math.ceil(2 ** 32 / bucketCount))
  const salts = Array.from({ length: hashCount }, (_, i) => hashOf(Buffer.from([i >>> 24, i >>> 16, i >>> 8, i])))
  return (tokens) => {
    const last = tokens.at(-1)
    if (last === undefined) return []
    const hashes = [...new Set(tokens.map(({ term }) => term))].map((term) => hashOf(Buffer.from(term, 'utf16le')))
    return salts.flatMap((salt, number) => {
      const buckets = smallest(
        hashes.map((hash) => combined(hash, salt)),
        { bucketWidth, bucketCount, setSize },
      )
      const prefix = hashCount > 1 ? String.fromCharCode(number >>> 16, number & 0xffff) : ''
      return (rotates ? filled(buckets) : buckets).flat().map(({ low, high }): Token => {
        const term = prefix + characters(high, 4) + characters(low, hashCount > 1 ? 2 : 4)
        return { term, position: 0, positionLength: 1, start: 0, end: last.end, type: 'MIN_HASH' }
      })
    })
  }
}

function hashOf(bytes: Buffer): Hash {
  const hash = murmur3x128(bytes)
  return { low: hash.readBigUInt64BE(0), high: hash.readBigUInt64BE(8) }
}

/** In this order: the second makes another hash of the first. */
function combined(first: Hash, second: Hash): Hash {
  return { low: BigInt.asUintN(64, first.low * 37n + second.low), high: BigInt.asUintN(64, first.high * 37n + second.high) }
}

interface Buckets {
  /** Of the 2³² values of the first bits of a hash. */
  readonly bucketWidth: bigint
  readonly bucketCount: number
  readonly setSize: number
}

function smallest(hashes: readonly Hash[], { bucketWidth, bucketCount, setSize }: Buckets): readonly (readonly Hash[])[] {
  const buckets = Array.from({ length: bucketCount }, (): Hash[] => [])
  for (const hash of hashes) buckets[Number((hash.high >> 32n) / bucketWidth)]?.push(hash)
  return buckets.map((bucket) => bucket.sort(byValue).slice(0, setSize))
}

function byValue(a: Hash, b: Hash): number {
  if (a.high !== b.high) return a.high < b.high ? -1 : 1
  return a.low === b.low ? 0 : a.low < b.low ? -1 : 1
}

/** An empty bucket has the smallest hash of the next one that is not empty; behind the last one comes the first. */
function filled(buckets: readonly (readonly Hash[])[]): readonly (readonly Hash[])[] {
  let next = buckets.find((bucket) => bucket.length > 0)?.slice(0, 1) ?? []
  return buckets
    .toReversed()
    .map((bucket) => {
      if (bucket.length === 0) return next
      next = bucket.slice(0, 1)
      return bucket
    })
    .toReversed()
}

/** The bits of a number, 16 a character, the first ones first. */
function characters(bits: bigint, count: number): string {
  return String.fromCharCode(...[48n, 32n, 16n, 0n].slice(0, count).map((shift) => Number((bits >> shift) & 0xffffn)))
}
