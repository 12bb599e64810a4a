import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { usePreferences } from '../app/preferences.ts'
import { classNames } from '../components/class-names.ts'
import { StateMark } from '../components/StateMark.tsx'
import type { State } from '../components/StateMark.tsx'
import { formatInstant } from '../format/date.ts'
import { formatValue } from '../format/value.ts'
import { messages } from '../messages/messages.ts'
import type { Frame, FrameColumn } from './frame.ts'
import styles from './FrameTable.module.css'

export interface FrameTableProps {
  readonly label: string
  readonly frame: Frame
  readonly zone: string
  /** How good or bad a number is, where something is known of it. */
  readonly stateOf?: (column: number, value: number | null) => State | undefined
  /** What stands in a text cell instead of the text. */
  readonly cellOf?: (column: number, value: string | null) => ReactNode
}

const ROW_HEIGHT = { comfortable: 32, compact: 26 }

/** A frame as a table, sortable by every column. Only the rows in sight are drawn. */
export function FrameTable({ label, frame, zone, stateOf, cellOf }: FrameTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = ROW_HEIGHT[usePreferences((preferences) => preferences.density)]
  const [sort, setSort] = useState<{ readonly column: number; readonly ascending: boolean }>()
  const order = useMemo(() => sortedRows(frame, sort), [frame, sort])
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const items = virtualizer.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    <div ref={scroller} className={styles['scroller']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['table']} aria-rowcount={order.length + 1}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {frame.columns.map((column, at) => (
              <th
                key={column.name}
                scope="col"
                aria-sort={sort?.column === at ? (sort.ascending ? 'ascending' : 'descending') : 'none'}
              >
                <button
                  type="button"
                  className={classNames(styles['head'], column.kind === 'number' && styles['right'])}
                  onClick={() =>
                    setSort({ column: at, ascending: sort?.column === at ? !sort.ascending : column.kind === 'text' })
                  }
                >
                  {column.kind === 'time' ? messages.panel.time : column.name}
                  {sort?.column === at ? sort.ascending ? <ArrowUp size={12} /> : <ArrowDown size={12} /> : null}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 ? (
            <tr aria-hidden>
              <td colSpan={frame.columns.length} ref={(cell) => setHeight(cell, above)} />
            </tr>
          ) : null}
          {items.map(({ index }) => {
            const row = order[index] ?? 0
            return (
              <tr key={row} aria-rowindex={index + 2} ref={(element) => setHeight(element, rowHeight)}>
                {frame.columns.map((column, at) => (
                  <Cell
                    key={column.name}
                    column={column}
                    row={row}
                    zone={zone}
                    state={column.kind === 'number' ? stateOf?.(at, column.values[row] ?? null) : undefined}
                  >
                    {column.kind === 'text' ? cellOf?.(at, column.values[row] ?? null) : undefined}
                  </Cell>
                ))}
              </tr>
            )
          })}
          {below > 0 ? (
            <tr aria-hidden>
              <td colSpan={frame.columns.length} ref={(cell) => setHeight(cell, below)} />
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  )
}

function setHeight(element: HTMLElement | null, pixels: number): void {
  if (element !== null) element.style.height = `${pixels}px`
}

function Cell({
  column,
  row,
  zone,
  state,
  children,
}: {
  column: FrameColumn
  row: number
  zone: string
  state: State | undefined
  children: ReactNode
}) {
  if (column.kind === 'number') {
    const shown = formatValue(column.values[row], column.format)
    const marked = state !== undefined && state !== 'ok' && state !== 'unknown'
    return <td className={styles['right']}>{marked ? <StateMark state={state}>{shown}</StateMark> : shown}</td>
  }
  if (column.kind === 'time') {
    const instant = column.values[row]
    return <td className={styles['time']}>{instant === null || instant === undefined ? '–' : formatInstant(instant, zone)}</td>
  }
  return <td>{children ?? column.values[row] ?? '–'}</td>
}

/** Row numbers in order; what has no value comes last either way. */
function sortedRows(
  { columns, length }: Frame,
  sort: { readonly column: number; readonly ascending: boolean } | undefined,
): number[] {
  const rows = Array.from({ length }, (_, row) => row)
  const column = sort === undefined ? undefined : columns[sort.column]
  if (sort === undefined || column === undefined) return rows
  const factor = sort.ascending ? 1 : -1
  return rows.sort((a, b) => {
    const [x, y] = [column.values[a] ?? null, column.values[b] ?? null]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return (
      factor *
      (typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y), undefined, { numeric: true }) : x - y)
    )
  })
}
