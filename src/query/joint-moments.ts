/**
 * How several numbers of the same documents are spread and vary together: sums of powers and products of their distances
 * to their means. All lists are in the order of the numbers.
 */
export interface JointMoments {
  readonly count: number
  readonly means: readonly number[]
  readonly seconds: readonly number[]
  readonly thirds: readonly number[]
  readonly fourths: readonly number[]
  /** `products[i][j]`: of the distances of the numbers i and j. */
  readonly products: readonly (readonly number[])[]
}

export const NO_MOMENTS: JointMoments = { count: 0, means: [], seconds: [], thirds: [], fourths: [], products: [] }

/**
 * In one pass, row by row: the straight way, which what an engine makes of sums (`momentsOfSums`) is held against.
 * Pébay, Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical Moments (2008).
 */
export function momentsOfRows(rows: readonly (readonly number[])[]): JointMoments {
  const width = rows[0]?.length ?? 0
  const zeros = (): number[] => Array.from({ length: width }, () => 0)
  const [sums, means, seconds, thirds, fourths] = [zeros(), zeros(), zeros(), zeros(), zeros()]
  const products = Array.from({ length: width }, zeros)
  const at = (list: readonly number[], i: number): number => list[i] ?? 0
  for (const [index, row] of rows.entries()) {
    const n = index + 1
    const deltas = row.map((value, i) => {
      sums[i] = value + at(sums, i)
      if (n === 1) {
        means[i] = value
      } else {
        const step = value - at(means, i)
        const part = step / n
        const growth = step * part * (n - 1)
        const [second, third] = [at(seconds, i), at(thirds, i)]
        means[i] = at(means, i) + part
        seconds[i] = second + growth
        thirds[i] = third + (growth * part * (n - 2) - 3 * part * second)
        fourths[i] =
          at(fourths, i) + (growth * (part * part) * (n * n - 3 * n + 3) + 6 * (part * part) * second - 4 * part * third)
      }
      return value * n - at(sums, i)
    })
    if (n === 1) continue
    for (const [i, own] of products.entries()) {
      for (let j = i + 1; j < width; j++) own[j] = at(own, j) + (1 / (n * (n - 1))) * at(deltas, i) * at(deltas, j)
    }
  }
  return { count: rows.length, means, seconds, thirds, fourths, products: mirrored(products, seconds) }
}

/** Sums of the powers of a number. */
interface PowerSums {
  readonly sum: number
  readonly squares: number
  readonly cubes: number
  readonly fourths: number
}

/** The same from sums over all rows; `products[i][j]` for j < i are sums of products. */
export function momentsOfSums(count: number, sums: readonly PowerSums[], products: readonly (readonly number[])[]): JointMoments {
  const means = sums.map(({ sum }) => sum / count)
  const central = sums.map(({ squares, cubes, fourths }, i) => {
    const mean = means[i] ?? 0
    return {
      second: squares - count * mean ** 2,
      third: cubes - 3 * mean * squares + 2 * count * mean ** 3,
      fourth: fourths - 4 * mean * cubes + 6 * mean ** 2 * squares - 3 * count * mean ** 4,
    }
  })
  const seconds = central.map(({ second }) => second)
  const upper = means.map((_, i) =>
    means.map((mean, j) => (j > i ? (products[j]?.[i] ?? 0) - count * mean * (means[i] ?? 0) : 0)),
  )
  return {
    count,
    means,
    seconds,
    thirds: central.map(({ third }) => third),
    fourths: central.map(({ fourth }) => fourth),
    products: mirrored(upper, seconds),
  }
}

/** What is known above the diagonal, below it as well; on it the squares. */
function mirrored(upper: readonly (readonly number[])[], seconds: readonly number[]): readonly (readonly number[])[] {
  return upper.map((row, i) => row.map((value, j) => (i === j ? (seconds[i] ?? 0) : j > i ? value : (upper[j]?.[i] ?? 0))))
}
