import { readShapes } from './column-shape.ts'
import { SOURCE } from '../layout.ts'
import { TIME } from './ddl.ts'
import type { TableColumns } from './stored-table.ts'

/** A column's line: its name, its type, and what else is said of it. Types hold none of these words. */
const COLUMN = /^ {4}`(\w+)` (.+?)(?: (?:DEFAULT|MATERIALIZED|COMMENT|CODEC)\b.*|,)?$/

/** The comment of sources names the column by which they are abridged. */
const ABRIDGED_BY = new RegExp(`^ {4}\`${SOURCE}\` String COMMENT '(\\w+)'`, 'm')

/** Reads what a table is made of from `SHOW CREATE TABLE`: one line for each column and index. */
export function readDefinition(text: string): TableColumns {
  const columns: { readonly name: string; readonly type: string }[] = []
  for (const line of text.split('\n')) {
    const [, name, type] = COLUMN.exec(line) ?? []
    if (name !== undefined && type !== undefined) columns.push({ name, type })
  }
  if (columns.length === 0) throw new Error(`a table's definition cannot be read: ${text.slice(0, 200)}`)
  const shapes = readShapes(columns)
  const timeColumn = columns.some(({ name }) => name === TIME)
    ? TIME
    : [...shapes.values()].find(({ missing }) => missing !== undefined)?.name
  return {
    shapes,
    abridgedBy: ABRIDGED_BY.exec(text)?.[1],
    timeColumn,
    updatable: text.includes('enable_block_number_column = 1'),
    idIndex: /^ {4}INDEX ids /m.test(text),
  }
}
