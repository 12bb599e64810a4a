import { illegalArgument } from '../../core/errors.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { ApiContext } from '../api-context.ts'
import type { QueryParams } from '../http/query-params.ts'
import { plainText, type Answer, type ApiRequest } from '../http/route.ts'

/** A column of a `_cat` table. `value` makes its cell; `undefined` leaves it empty. */
export interface Column<Row> {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly description: string
  /** Shown where `h` does not say otherwise. */
  readonly shown?: boolean
  readonly align?: 'left' | 'right'
  readonly value: (row: Row) => string | number | undefined
}

/** A `_cat` table: its columns and the rows that a request wants to see. */
export interface CatTable<Row> {
  readonly columns: (request: ApiRequest) => readonly Column<Row>[]
  readonly rows: (request: ApiRequest, context: ApiContext) => readonly Row[] | Promise<readonly Row[]>
}

/** Parameters of every table. */
export const CAT_PARAMS = [
  'v',
  'h',
  's',
  'help',
  'bytes',
  'time',
  'ts',
  'local',
  'master_timeout',
  'cluster_manager_timeout',
  'size',
  'pri',
]

/**
 * Prints rows as `_cat` does: `h` chooses columns by name, alias or wildcard, `s` sorts, `v` prints names, `help` tells
 * what columns there are; JSON and YAML have the same cells as text.
 * @throws ElkhornError `illegal_argument_exception` for a column to sort by that there is not
 */
export function printTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  query: QueryParams,
  isText: boolean,
): Answer {
  if (query.boolean('help', false)) return plainText(printHelp(columns))
  const shown = chooseColumns(columns, query)
  const sorted = sortRows(columns, rows, query)
  if (!isText) {
    const objects = sorted.map((row) =>
      Object.fromEntries(shown.map(({ column, header }) => [header, jsonCell(column.value(row))])),
    )
    return { status: 200, json: objects }
  }
  const cells = sorted.map((row) => shown.map(({ column }) => printCell(column.value(row))))
  const lines = query.boolean('v', false) ? [shown.map(({ header }) => header), ...cells] : cells
  const widths = shown.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0), 0))
  const text = lines
    .map((line) =>
      line
        .map((cell, i) => {
          const width = widths[i] ?? 0
          if (shown[i]?.column.align === 'right') return cell.padStart(width)
          // Nothing is added behind the last column.
          return i === line.length - 1 ? cell : cell.padEnd(width)
        })
        .join(' '),
    )
    .map((line) => `${line}\n`)
    .join('')
  return { status: 200, text }
}

interface Shown<Row> {
  readonly column: Column<Row>
  /** As the request calls it. */
  readonly header: string
}

function chooseColumns<Row>(columns: readonly Column<Row>[], query: QueryParams): readonly Shown<Row>[] {
  const wanted = query.list('h')
  if (wanted.length === 0)
    return columns.filter((column) => column.shown === true).map((column) => ({ column, header: column.name }))
  const chosen: Shown<Row>[] = []
  for (const name of wanted.map((text) => text.trim())) {
    if (name.includes('*')) {
      for (const column of columns) {
        if (namesOf(column).some((one) => matchesWildcard(name, one)) && !chosen.some((other) => other.column === column)) {
          chosen.push({ column, header: column.name })
        }
      }
      continue
    }
    const column = findColumn(columns, name)
    if (column) chosen.push({ column, header: name })
  }
  return chosen
}

const namesOf = <Row>(column: Column<Row>): readonly string[] => [column.name, ...(column.aliases ?? [])]

function findColumn<Row>(columns: readonly Column<Row>[], name: string): Column<Row> | undefined {
  return columns.find((column) => namesOf(column).includes(name))
}

function sortRows<Row>(columns: readonly Column<Row>[], rows: readonly Row[], query: QueryParams): readonly Row[] {
  const keys = query.list('s').map((text) => {
    const [name = '', order = 'asc'] = text.split(':')
    const column = findColumn(columns, name)
    if (!column) throw illegalArgument(`Unable to sort by unknown sort key \`${name}\``)
    return { column, sign: order === 'desc' ? -1 : 1 }
  })
  if (keys.length === 0) return rows
  return [...rows].sort((a, b) => {
    for (const { column, sign } of keys) {
      const order = compareCells(column.value(a), column.value(b))
      if (order !== 0) return order * sign
    }
    return 0
  })
}

function compareCells(a: string | number | undefined, b: string | number | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

const jsonCell = (value: string | number | undefined): string | null => (value === undefined ? null : String(value))

const printCell = (value: string | number | undefined): string => (value === undefined ? '' : String(value))

function printHelp<Row>(columns: readonly Column<Row>[]): string {
  const lines = columns.map((column) => [column.name, (column.aliases ?? []).join(','), column.description] as const)
  const widths = [0, 1].map((i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  return lines
    .map(
      ([name, aliases, description]) => `${name.padEnd(widths[0] ?? 0)} | ${aliases.padEnd(widths[1] ?? 0)} | ${description} \n`,
    )
    .join('')
}
