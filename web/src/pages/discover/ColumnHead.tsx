import { ArrowDown, ArrowUp, Ellipsis } from 'lucide-react'
import { memo, useRef } from 'react'
import type { DragEvent, KeyboardEvent, PointerEvent } from 'react'
import type { Sort } from '../../app/address.ts'
import { FieldIcon } from '../../components/FieldIcon.tsx'
import { FieldName } from '../../components/FieldName.tsx'
import { inChunk } from '../../components/in-chunk.tsx'
import { Menu } from '../../components/Menu.tsx'
import { messages } from '../../messages/messages.ts'
import { MAX_WIDTH, MIN_WIDTH, setColumnWidth } from './column-widths.ts'
import styles from './DocumentTable.module.css'
import { moved } from './moved.ts'

const text = messages.discover
const KEY_STEP_PIXELS = 16
const ColumnMenu = inChunk(async () => (await import('./ColumnMenu.tsx')).ColumnMenu)

export interface ColumnHeadProps {
  readonly field: string
  readonly at: number
  readonly columns: readonly string[]
  readonly type: string | undefined
  /** In pixels. */
  readonly width: number
  readonly sortable: boolean
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
  readonly onColumns: (columns: readonly string[]) => void
}

/** A column's heading: sorts, moves (by its menu or by dragging), widens, goes away. */
export const ColumnHead = memo(function ColumnHead({
  field,
  at,
  columns,
  type,
  width,
  sortable,
  sort,
  onSort,
  onColumns,
}: ColumnHeadProps) {
  const mine = sort.field === field
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    const from = columns.indexOf(event.dataTransfer.getData(DRAG_TYPE))
    if (from !== -1) onColumns(moved(columns, from, at))
  }
  return (
    <div
      role="columnheader"
      aria-sort={mine ? (sort.order === 'asc' ? 'ascending' : 'descending') : sortable ? 'none' : undefined}
      className={styles['column']}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, field)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault()
      }}
      onDrop={onDrop}
    >
      <button
        type="button"
        className={styles['sort']}
        disabled={!sortable}
        title={sortable ? text.sortBy(field) : field}
        onClick={() => onSort({ field, order: mine && sort.order === 'desc' ? 'asc' : 'desc' })}
      >
        <FieldIcon type={type} />
        <FieldName name={field} />
        {mine ? sort.order === 'asc' ? <ArrowUp size={13} /> : <ArrowDown size={13} /> : null}
      </button>
      <Menu
        align="end"
        trigger={
          <button type="button" className={styles['menu']} aria-label={text.columnMenu(field)}>
            <Ellipsis size={14} />
          </button>
        }
      >
        <ColumnMenu field={field} at={at} columns={columns} sortable={sortable} onSort={onSort} onColumns={onColumns} />
      </Menu>
      <Resizer field={field} width={width} />
    </div>
  )
})

const DRAG_TYPE = 'application/x-elkhorn-column'

/** The handle at a column's end, for pointers and for arrow keys. */
function Resizer({ field, width }: { field: string; width: number }) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined)
  const onPointerDown = (event: PointerEvent): void => {
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    start.current = { x: event.clientX, width }
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (start.current !== undefined) setColumnWidth(field, start.current.width + event.clientX - start.current.x)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -KEY_STEP_PIXELS, ArrowRight: KEY_STEP_PIXELS }[event.key]
    if (step === undefined) return
    event.preventDefault()
    setColumnWidth(field, width + step)
  }
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={text.resize(field)}
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      aria-valuenow={Math.round(width)}
      tabIndex={0}
      className={styles['resizer']}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (start.current = undefined)}
      onKeyDown={onKeyDown}
    />
  )
}
