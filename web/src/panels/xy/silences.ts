/** A stretch without a value is silence when it is longer than so many of the beats beside it. */
const BEATS = 2.5

/**
 * Where a line is interrupted: pairs of rows, the last one before and the first one after a silence. A sensor that sends every
 * five minutes is not silent between two readings, one that sends every second is: the distances of the values before and
 * after tell the beat, and `stepMs`, how far apart rows are, is its least.
 */
export function findSilences(
  times: readonly number[],
  values: readonly (number | null | undefined)[],
  stepMs: number,
): [number, number][] {
  const rows = values.flatMap((value, row) => (value == null ? [] : [row]))
  const distance = (at: number): number => {
    const [from, to] = [times[rows[at] ?? -1], times[rows[at + 1] ?? -1]]
    return from === undefined || to === undefined ? 0 : to - from
  }
  return rows.flatMap((row, at): [number, number][] => {
    const next = rows[at + 1]
    const beat = Math.max(stepMs, distance(at - 1), distance(at + 1))
    return next !== undefined && distance(at) > BEATS * beat ? [[row, next]] : []
  })
}
