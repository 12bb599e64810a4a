import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { Fragment, useMemo, useRef, useState } from 'react'
import type { CSSProperties } from 'react'
import { Link } from '../../app/Link.tsx'
import { usePreferences } from '../../app/preferences.ts'
import { classNames } from '../../components/class-names.ts'
import { Empty } from '../../components/Notice.tsx'
import { Sparkline } from '../../components/Sparkline.tsx'
import { StateMark, StateShape } from '../../components/StateMark.tsx'
import { formatAgo, formatInstantLong } from '../../format/date.ts'
import { formatValue } from '../../format/value.ts'
import { messages } from '../../messages/messages.ts'
import { numberColumns } from '../frame.ts'
import type { PanelData } from '../frame.ts'
import { sortEntities } from './entity.ts'
import type { Entity, EntitySort } from './entity.ts'
import type { StatusOptions, StatusValue } from './options.ts'
import styles from './Panel.module.css'

const text = messages.panel
const ROW_HEIGHT = { comfortable: 36, compact: 28 }

export interface EntityTableProps {
  readonly label: string
  readonly options: StatusOptions
  readonly entities: readonly Entity[]
  readonly data: PanelData
  readonly now: number
  readonly linkOf: (name: string) => string
}

/** One row a thing, the worst first until another order is chosen. */
export function EntityTable({ label, options, entities, data, now, linkOf }: EntityTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeight = ROW_HEIGHT[usePreferences((preferences) => preferences.density)]
  const [sort, setSort] = useState<EntitySort>({ by: 'state', ascending: false })
  const rows = useMemo(() => sortEntities(entities, sort), [entities, sort])
  const trends = useTrends(options, data)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const { entity, group, values } = options
  const template = [
    '118px',
    'minmax(110px, 1.2fr)',
    ...(group === undefined ? [] : ['minmax(80px, 0.8fr)']),
    ...values.map(({ trend }) => (trend ? 'minmax(190px, 1.6fr)' : 'minmax(100px, 0.8fr)')),
    '96px',
  ].join(' ')
  const head = (by: EntitySort['by'], name: string, place?: 'right' | 'overFigure') => (
    <div role="columnheader" aria-sort={sort.by === by ? (sort.ascending ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        className={classNames(styles['head'], place !== undefined && styles[place])}
        onClick={() => setSort({ by, ascending: sort.by === by ? !sort.ascending : by === 'name' || by === 'group' })}
      >
        {name}
        {sort.by === by ? sort.ascending ? <ArrowUp size={12} /> : <ArrowDown size={12} /> : null}
      </button>
    </div>
  )
  return (
    <div
      ref={scroller}
      role="table"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className={styles['scroller']}
      style={{ '--columns': template } as CSSProperties}
    >
      <div role="rowgroup" className={styles['heads']}>
        <div role="row" aria-rowindex={1} className={styles['headRow']}>
          {head('state', text.state)}
          {head('name', entity.label)}
          {group === undefined ? null : head('group', group.label)}
          {values.map((value, at) => (
            <Fragment key={value.field}>{head(at, value.label, value.trend ? 'overFigure' : 'right')}</Fragment>
          ))}
          {head('seen', text.lastSeen, 'right')}
        </div>
      </div>
      {rows.length === 0 ? <Empty small title={text.noMatch} /> : null}
      <div role="rowgroup" className={styles['rows']} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <div
              key={row.name}
              role="row"
              aria-rowindex={index + 2}
              className={styles['row']}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            >
              <div role="cell">
                <StateMark state={row.state}>{text.states[row.state]}</StateMark>
              </div>
              <div role="cell" className={styles['entity']}>
                <Link to={linkOf(row.name)}>{row.name}</Link>
              </div>
              {group === undefined ? null : (
                <div role="cell" className={styles['muted']}>
                  {row.group ?? '–'}
                </div>
              )}
              {values.map((value, at) => (
                <ValueCell
                  key={value.field}
                  option={value}
                  measured={row.values[at]}
                  trend={trends[at]?.get(row.name)}
                  faded={row.state === 'offline'}
                />
              ))}
              <div
                role="cell"
                className={styles['seen']}
                title={row.seen === undefined ? undefined : formatInstantLong(row.seen, data.zone)}
              >
                {row.seen === undefined ? '–' : formatAgo(Math.min(row.seen, now), now)}
              </div>
            </div>
          )
        })}
      </div>
    </div>
  )
}

function ValueCell({
  option,
  measured,
  trend,
  faded,
}: {
  option: StatusValue
  measured: Entity['values'][number] | undefined
  trend: readonly (number | null)[] | undefined
  faded: boolean
}) {
  const { value, state } = measured ?? { value: null, state: undefined }
  const marked = state === 'warning' || state === 'critical'
  const figure = (
    <span className={styles['figure']} data-state={marked ? state : undefined}>
      {marked ? <StateShape state={state} size={9} /> : null}
      {formatValue(value, option.format)}
      {marked ? <span className="visually-hidden">{text.states[state]}</span> : null}
    </span>
  )
  if (!option.trend) {
    return (
      <div role="cell" className={styles['right']} data-faded={faded}>
        {figure}
      </div>
    )
  }
  return (
    <div role="cell" className={styles['withTrend']} data-faded={faded}>
      {figure}
      <span className={styles['spark']}>
        {trend === undefined ? null : (
          <Sparkline
            values={trend}
            filled={false}
            color={marked ? `--${state}` : '--series-1'}
            minSpan={Math.abs(value ?? 0) * 0.1}
          />
        )}
      </span>
    </div>
  )
}

/** By position of the options' values: the development of each thing. */
function useTrends(
  { values }: StatusOptions,
  { frames }: PanelData,
): readonly (ReadonlyMap<string, readonly (number | null)[]> | undefined)[] {
  return useMemo(() => {
    let next = 1
    return values.map(({ trend }) => {
      const frame = trend ? frames[next] : undefined
      if (trend) next += 1
      return frame === undefined ? undefined : new Map(numberColumns(frame).map((column) => [column.name, column.values]))
    })
  }, [values, frames])
}
