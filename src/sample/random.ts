import { createHash } from 'node:crypto'

/** Uniform in [0, 1). */
export type Random = () => number

/** xoshiro128** (Blackman and Vigna 2021), seeded by the SHA-256 of a name: one name, one sequence. */
export function seededRandom(name: string): Random {
  const seed = createHash('sha256').update(name).digest()
  let a = seed.readUInt32LE(0)
  let b = seed.readUInt32LE(4)
  let c = seed.readUInt32LE(8)
  let d = seed.readUInt32LE(12)
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotateLeft(d, 11)
    return result / 2 ** 32
  }
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k))

/** A standard normal deviate (Box and Muller 1958). */
export const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
