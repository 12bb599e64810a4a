/** Values next to each other, ascending: how many, between which, and their sum. */
export interface ValueRun {
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly count: number
}

/** Joins the two neighbours whose means are nearest, again and again, until `most` are left. At least one is. */
export function clusterValues(runs: readonly ValueRun[], most: number): readonly ValueRun[] {
  const clusters = [...runs]
  while (clusters.length > Math.max(most, 1)) {
    let nearest = 0
    let least = Infinity
    for (let i = 0; i + 1 < clusters.length; i++) {
      const distance = meanOf(clusters[i + 1]) - meanOf(clusters[i])
      if (distance < least) [nearest, least] = [i, distance]
    }
    const [a, b] = clusters.slice(nearest, nearest + 2)
    if (!a || !b) break
    clusters.splice(nearest, 2, { min: a.min, max: b.max, sum: a.sum + b.sum, count: a.count + b.count })
  }
  return clusters
}

export function meanOf(run: ValueRun | undefined): number {
  return run ? run.sum / run.count : NaN
}

/** So many different values are clustered each for itself; of more, those within equal parts of their range go together. */
export const MAX_RUNS = 2000

/** Runs of distinct values with their counts, ascending. */
export function runsOf(values: readonly { readonly value: number; readonly count: number }[]): readonly ValueRun[] {
  const exact = values.map(({ value, count }): ValueRun => ({ min: value, max: value, sum: value * count, count }))
  if (exact.length <= MAX_RUNS) return exact
  const [from, to] = [exact[0]?.min ?? 0, exact.at(-1)?.max ?? 0]
  const parts = new Map<number, ValueRun>()
  for (const run of exact) {
    const part = Math.min(MAX_RUNS - 1, Math.floor(((run.min - from) / (to - from)) * MAX_RUNS))
    const known = parts.get(part)
    const sum = (known?.sum ?? 0) + run.sum
    parts.set(part, { min: known?.min ?? run.min, max: run.max, sum, count: (known?.count ?? 0) + run.count })
  }
  return [...parts.values()]
}
