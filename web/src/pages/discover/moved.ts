/** A list with one of its entries at another place. */
export function moved(columns: readonly string[], from: number, to: number): string[] {
  const next = columns.filter((_, at) => at !== from)
  next.splice(to, 0, columns[from] ?? '')
  return next
}
