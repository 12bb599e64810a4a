/**
 * Edits between two terms, counted in code points: insertions, deletions, substitutions and, where `transpositions`,
 * swaps of neighbours (the restricted form that Lucene's automata accept). Anything above `limit` comes as `limit + 1`.
 */
export function editDistance(a: string, b: string, limit: number, transpositions: boolean): number {
  const [x, y] = [Array.from(a), Array.from(b)]
  if (Math.abs(x.length - y.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: y.length + 1 }, (_, j) => j)
  for (let i = 1; i <= x.length; i++) {
    const row = [i]
    let best = i
    for (let j = 1; j <= y.length; j++) {
      const substitution = at(last, j - 1) + (x[i - 1] === y[j - 1] ? 0 : 1)
      let distance = Math.min(substitution, at(last, j) + 1, at(row, j - 1) + 1)
      if (transpositions && i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1)
      }
      row.push(distance)
      best = Math.min(best, distance)
    }
    if (best > limit) return limit + 1
    beforeLast = last
    last = row
  }
  return Math.min(at(last, y.length), limit + 1)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
