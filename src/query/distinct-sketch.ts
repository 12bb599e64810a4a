/**
 * The least hashes of a set, for counting the union of several: exact while there are fewer than `size`, else how dense
 * they lie tells how many there are ("k minimum values": Bar-Yossef et al. 2002, Beyer et al. 2007; the standard error is
 * one through the root of `size`).
 */
export interface DistinctSketch {
  /** From 0 to below 2^52, ascending, each once. */
  readonly hashes: readonly number[]
  /** How many hashes are kept at most. */
  readonly size: number
}

const HASH_SPACE = 2 ** 52

/** @param hashes whole numbers from 0 to below 2^52, in any order */
export function distinctSketch(hashes: Iterable<number>, size: number): DistinctSketch {
  const kept = Float64Array.from(new Set(hashes)).toSorted().subarray(0, size)
  return { hashes: [...kept], size }
}

/** The sketch of what is in either set. */
export function unionOf(a: DistinctSketch, b: DistinctSketch): DistinctSketch {
  const size = Math.min(a.size, b.size)
  const hashes: number[] = []
  let [i, j] = [0, 0]
  while (hashes.length < size) {
    const [left = Infinity, right = Infinity] = [a.hashes[i], b.hashes[j]]
    const least = Math.min(left, right)
    if (least === Infinity) break
    hashes.push(least)
    if (left === least) i += 1
    if (right === least) j += 1
  }
  return { hashes, size }
}

/** How many there are in the set. */
export function distinctCount({ hashes, size }: DistinctSketch): number {
  const greatest = hashes[size - 1]
  return greatest === undefined ? hashes.length : Math.round(((size - 1) * HASH_SPACE) / greatest)
}
