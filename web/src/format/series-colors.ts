/** The categorical colours there are, `--series-1` to `--series-8` of styles/roles.css. */
const COLORS = 8

/** Dashes tell series apart where colours run out, or cannot be told apart. In pixels, as canvas takes them. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3]]

export interface SeriesStyle {
  /** Name of the custom property that holds the colour. */
  readonly color: `--series-${number}`
  readonly dash: readonly number[]
}

/** The style of the `position`th series of a chart, from 0. */
export function seriesStyle(position: number): SeriesStyle {
  return { color: `--series-${(position % COLORS) + 1}`, dash: DASHES[Math.floor(position / COLORS) % DASHES.length] ?? [] }
}
