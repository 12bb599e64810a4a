import type { Column } from './table.ts'

/** A column of a table that never has rows here. */
export const emptyColumn = (name: string, aliases: readonly string[], description: string): Column<never> => ({
  name,
  aliases,
  description,
  shown: true,
  value: () => undefined,
})
