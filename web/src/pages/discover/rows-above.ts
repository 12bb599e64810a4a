/**
 * How many of the rows that were added have their places above the row that was at a place before. All of them where that row
 * is not there any more.
 */
export function rowsAbove<Row extends { readonly key: string }>(
  rows: readonly Row[],
  before: readonly Row[],
  place: number,
  added: number,
): number {
  const key = before[place]?.key
  for (let above = 0; above < added; above++) if (rows[place + above]?.key === key) return above
  return added
}
