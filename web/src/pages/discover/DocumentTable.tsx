import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react'
import type { Sort } from '../../app/address.ts'
import { usePreferences } from '../../app/preferences.ts'
import { FieldName } from '../../components/FieldName.tsx'
import type { Fields } from '../../hooks/use-fields.ts'
import { classNames } from '../../components/class-names.ts'
import { messages } from '../../messages/messages.ts'
import type { FilterCondition } from '../../query/filter.ts'
import { CellActions } from './CellActions.tsx'
import type { PointedCell } from './CellActions.tsx'
import { ColumnHead } from './ColumnHead.tsx'
import { useColumnWidths, usualWidth } from './column-widths.ts'
import styles from './DocumentTable.module.css'
import { DocumentCell, SummaryCell, TimeCell } from './cells.tsx'
import type { CellContext } from './cells.tsx'
import { levelState } from './level.ts'
import type { Row } from './row.ts'
import { rowsAbove } from './rows-above.ts'

const text = messages.discover
/** Height of a row in pixels, by density; styles/roles.css has the same. */
const ROW_HEIGHT = { comfortable: 34, compact: 27 }
const TIME_WIDTH = 168
/** Begins to load when the last rows are this near. */
const LOAD_AHEAD_ROWS = 150

export interface DocumentTableProps {
  readonly rows: readonly Row[]
  readonly version: number
  /** Rows put on top so far: the table keeps its place by it. */
  readonly arrived: number
  readonly columns: readonly string[]
  readonly sort: Sort
  readonly timeField: string
  readonly levelField: string | undefined
  readonly fields: Fields
  readonly cells: CellContext
  readonly selected: string | undefined
  readonly footer: string
  readonly onSelect: (row: Row) => void
  readonly onSort: (sort: Sort) => void
  readonly onColumns: (columns: readonly string[]) => void
  readonly onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
  readonly onNearEnd: () => void
}

/** Documents, one a row. Only what is in sight is drawn, so that 100,000 scroll as well as ten. */
export function DocumentTable(props: DocumentTableProps) {
  const {
    rows,
    arrived,
    columns,
    sort,
    timeField,
    levelField,
    fields,
    cells,
    selected,
    footer,
    onSelect,
    onSort,
    onColumns,
    onFilter,
    onNearEnd,
  } = props
  const scroller = useRef<HTMLDivElement>(null)
  const density = usePreferences((preferences) => preferences.density)
  const widths = useColumnWidths((state) => state.widths)
  const [pointed, setPointed] = useState<PointedCell>()
  const [focused, setFocused] = useState(0)
  const rowHeight = ROW_HEIGHT[density]
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: 32,
    scrollMargin: 32,
  })
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])

  const fresh = useKeptPlace(scroller, rows, arrived, rowHeight)

  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (rows.length > 0 && last > rows.length - LOAD_AHEAD_ROWS) onNearEnd()
  }, [last, rows.length, onNearEnd])

  const template = useMemo(() => {
    const fixed = columns.map((field) => `${widths[field] ?? usualWidth(fields.find(field)?.type)}px`)
    return [
      `${widths[timeField] ?? TIME_WIDTH}px`,
      ...(columns.length === 0 ? ['minmax(400px, 1fr)'] : [...fixed, 'minmax(0, 1fr)']),
    ].join(' ')
  }, [columns, widths, fields, timeField])

  const focusRow = useCallback(
    (at: number) => {
      const next = Math.min(rows.length - 1, Math.max(0, at))
      setFocused(next)
      virtualizer.scrollToIndex(next)
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus())
    },
    [rows.length, virtualizer],
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return
    const at = Number(event.target.dataset['row'])
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2)
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    const row = rows[at]
    if (to !== undefined) {
      event.preventDefault()
      focusRow(to)
      const next = rows[Math.min(rows.length - 1, Math.max(0, to))]
      if (selected !== undefined && next !== undefined) onSelect(next)
    } else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined) {
      event.preventDefault()
      onSelect(row)
    }
  }
  const onPointerOver = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse' || !(event.target instanceof Element)) return
    const cell = event.target.closest<HTMLElement>('[data-cell]')
    if (cell === null) return event.target.closest('[data-actions]') === null ? setPointed(undefined) : undefined
    const row = rows[Number(cell.parentElement?.dataset['row'])]
    const column = cell.dataset['cell']
    const body = scroller.current
    if (row === undefined || column === undefined || body === null) return
    const [box, frame] = [cell.getBoundingClientRect(), body.getBoundingClientRect()]
    const right = Math.min(box.right, frame.right) - frame.left + body.scrollLeft
    setPointed({ row, column, top: box.top - frame.top + body.scrollTop, right, height: box.height })
  }

  return (
    <div className={styles['frame']}>
      {fresh.count > 0 ? (
        <button type="button" className={styles['fresh']} title={text.newRowsHint} onClick={fresh.toTop}>
          <ArrowUp size={13} /> {text.newRows(fresh.count)}
        </button>
      ) : null}
      <div
        ref={scroller}
        className={styles['scroller']}
        style={{ '--columns': template } as CSSProperties}
        onKeyDown={onKeyDown}
        onPointerOver={onPointerOver}
        onPointerLeave={() => setPointed(undefined)}
      >
        <div
          role="grid"
          aria-label={text.table}
          aria-rowcount={rows.length + 1}
          aria-colcount={columns.length === 0 ? 2 : columns.length + 1}
        >
          <div role="row" aria-rowindex={1} className={styles['head']}>
            {cells.timeless ? (
              <div role="columnheader" className={classNames(styles['plain'], styles['id'])}>
                _id
              </div>
            ) : (
              <TimeHead timeField={timeField} sort={sort} onSort={onSort} />
            )}
            {columns.length === 0 ? (
              <div role="columnheader" className={styles['plain']}>
                {text.document}
              </div>
            ) : (
              columns.map((field, at) => (
                <ColumnHead
                  key={field}
                  field={field}
                  at={at}
                  columns={columns}
                  type={fields.find(field)?.type}
                  width={widths[field] ?? usualWidth(fields.find(field)?.type)}
                  sortable={fields.find(field)?.aggregatable === true}
                  sort={sort}
                  onSort={onSort}
                  onColumns={onColumns}
                />
              ))
            )}
          </div>
          <div role="presentation" className={styles['body']} style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index]
              return row === undefined ? null : (
                <TableRow
                  key={row.key}
                  row={row}
                  at={item.index}
                  top={item.start - 32}
                  height={rowHeight}
                  columns={columns}
                  levelField={levelField}
                  cells={cells}
                  selected={row.key === selected}
                  tabbable={
                    item.index === Math.min(focused, rows.length - 1) ||
                    (item === items[0] && (focused < item.index || focused > last))
                  }
                  onSelect={onSelect}
                />
              )
            })}
          </div>
        </div>
        {pointed === undefined ? null : <CellActions cell={pointed} onFilter={onFilter} />}
        <p className={styles['footer']} role="status">
          {footer}
        </p>
      </div>
    </div>
  )
}

/**
 * Whoever reads further down keeps the row that is topmost in sight where it is, wherever new rows are put: late documents
 * have their places below others. Counts those that came above it.
 */
function useKeptPlace(
  scroller: { readonly current: HTMLDivElement | null },
  rows: readonly Row[],
  arrived: number,
  rowHeight: number,
): { count: number; toTop: () => void } {
  const before = useRef({ rows, arrived })
  const [count, setCount] = useState(0)
  useLayoutEffect(() => {
    const { rows: known, arrived: until } = before.current
    before.current = { rows, arrived }
    const element = scroller.current
    if (element === null) return
    if (arrived < until) setCount(0)
    else if (arrived > until && element.scrollTop > 0) {
      const above = rowsAbove(rows, known, Math.floor(element.scrollTop / rowHeight), arrived - until)
      element.scrollTop += above * rowHeight
      setCount((shown) => shown + above)
    }
  }, [arrived, rows, rowHeight, scroller])
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const onScroll = (): void => {
      if (element.scrollTop === 0) setCount(0)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [scroller])
  const toTop = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [scroller])
  return { count, toTop }
}

function TimeHead({ timeField, sort, onSort }: { timeField: string; sort: Sort; onSort: (sort: Sort) => void }) {
  const mine = sort.field === timeField
  return (
    <div role="columnheader" aria-sort={mine ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className={styles['sort']}
        title={text.sortBy(timeField)}
        onClick={() => onSort({ field: timeField, order: mine && sort.order === 'desc' ? 'asc' : 'desc' })}
      >
        <FieldName name={timeField} />
        {mine ? (
          sort.order === 'asc' ? (
            <ArrowUp size={13} />
          ) : (
            <ArrowDown size={13} />
          )
        ) : (
          <ArrowUpDown size={13} className={styles['unsorted']} />
        )}
      </button>
    </div>
  )
}

interface TableRowProps {
  readonly row: Row
  readonly at: number
  readonly top: number
  readonly height: number
  readonly columns: readonly string[]
  readonly levelField: string | undefined
  readonly cells: CellContext
  readonly selected: boolean
  readonly tabbable: boolean
  readonly onSelect: (row: Row) => void
}

const TableRow = memo(function TableRow({
  row,
  at,
  top,
  height,
  columns,
  levelField,
  cells,
  selected,
  tabbable,
  onSelect,
}: TableRowProps) {
  const level = levelField === undefined ? undefined : row.values(levelField)[0]
  const state = typeof level === 'string' ? levelState(level) : undefined
  return (
    <div
      role="row"
      aria-rowindex={at + 2}
      aria-selected={selected}
      tabIndex={tabbable ? 0 : -1}
      data-row={at}
      data-state={state}
      className={styles['row']}
      style={{ height, transform: `translateY(${top}px)` }}
      onClick={() => {
        if ((window.getSelection()?.toString() ?? '') === '') onSelect(row)
      }}
    >
      <TimeCell row={row} context={cells} />
      {columns.length === 0 ? (
        <SummaryCell row={row} context={cells} />
      ) : (
        columns.map((field) => <DocumentCell key={field} row={row} field={field} context={cells} />)
      )}
    </div>
  )
})
