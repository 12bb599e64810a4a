import { setOwn, type Fields } from '../../core/event.ts'
import type { RowBatch } from './database.ts'

/** Rows as fields by their columns; of columns with the same name the last one counts. */
export function rowFields({ columns, rows }: RowBatch, lowerCase: boolean): readonly Fields[] {
  const names = lowerCase ? columns.map((name) => name.toLowerCase()) : columns
  return rows.map((row) => {
    const fields: Fields = {}
    names.forEach((name, i) => setOwn(fields, name, row[i] ?? null))
    return fields
  })
}
