/** The values of a set, or some that stand for them: what percentiles of several sets together are made of. */
export interface ValueSample {
  /** Ascending. */
  readonly values: readonly number[]
  /** How many there are in the set. */
  readonly count: number
  /** How many of those each of `values` stands for; absent: as many as any other. */
  readonly weights?: readonly number[]
}

/** A set of no more values is its own sample. Beyond them a percentile is off by a 2048th of the values at most. */
export const SAMPLED_VALUES = 1024

/** Which quantiles stand for a large set: the middles of as many parts of equal size. */
export const SAMPLED_QUANTILES: readonly number[] = Array.from({ length: SAMPLED_VALUES }, (_, i) => (i + 0.5) / SAMPLED_VALUES)

/**
 * A quantile of several sets together: between the two neighbours of its place, each value standing in the middle of
 * those that it stands for. Of whole sets this is `interpolatedQuantile` over all their values.
 */
export class SampledQuantiles {
  readonly #points: readonly { readonly value: number; readonly place: number }[]
  readonly #total: number

  constructor(samples: readonly ValueSample[]) {
    const weighed = samples.flatMap(({ values, count, weights }) =>
      values.map((value, i) => ({ value, weight: weights?.[i] ?? count / values.length })),
    )
    let before = 0
    this.#points = weighed
      .toSorted((a, b) => a.value - b.value)
      .map(({ value, weight }) => {
        before += weight
        return { value, place: before - weight / 2 }
      })
    this.#total = before
  }

  /** `undefined` where there is no value. @param level from 0 to 1 */
  at(level: number): number | undefined {
    const place = level * this.#total
    const after = this.#points.findIndex((point) => point.place >= place)
    const [below, above] = [this.#points.at(after < 0 ? -1 : Math.max(0, after - 1)), this.#points.at(after)]
    if (below === undefined || above === undefined) return undefined
    const width = above.place - below.place
    return width <= 0 ? above.value : below.value + ((above.value - below.value) * (place - below.place)) / width
  }

  /** How many per cent of the values lie below one; `undefined` where there is no value. */
  rankOf(asked: number): number | undefined {
    const last = this.#points.at(-1)
    if (last === undefined) return undefined
    if (asked >= last.value) return 100
    const after = this.#points.findIndex(({ value }) => value > asked)
    const [below, above] = [this.#points[after - 1], this.#points[after]]
    if (below === undefined || above === undefined) return 0
    const place = below.place + ((above.place - below.place) * (asked - below.value)) / (above.value - below.value)
    return (100 * place) / this.#total
  }
}
