import { formatValue } from '../../format/value.ts'
import { messages } from '../../messages/messages.ts'
import type { ChartSeries } from './chart-options.ts'
import styles from './Panel.module.css'

export interface LegendProps {
  readonly series: readonly ChartSeries[]
  /** The series that is shown alone. */
  readonly only: string | undefined
  readonly onOnly: (name: string | undefined) => void
  readonly onPoint: (name: string | undefined) => void
  /** Series that are not drawn. */
  readonly cut: number
}

/** The series by name with their latest values; pointing at one brings it out, a click shows it alone. */
export function Legend({ series, only, onOnly, onPoint, cut }: LegendProps) {
  const text = messages.panel
  return (
    <ul className={styles['legend']} aria-label={text.legend}>
      {series.map(({ column, style }) => (
        <li key={column.name}>
          <button
            type="button"
            aria-pressed={only === column.name}
            title={only === column.name ? text.showAll : text.showOnly(column.name)}
            className={styles['entry']}
            data-off={only !== undefined && only !== column.name}
            onClick={() => onOnly(only === column.name ? undefined : column.name)}
            onPointerEnter={() => onPoint(column.name)}
            onPointerLeave={() => onPoint(undefined)}
            onFocus={() => onPoint(column.name)}
            onBlur={() => onPoint(undefined)}
          >
            <svg width="14" height="4" aria-hidden color={`var(${style.color})`}>
              <line x1="0" x2="14" y1="2" y2="2" stroke="currentColor" strokeWidth="3" strokeDasharray={style.dash.join(' ')} />
            </svg>
            {column.name}
            <b>
              {formatValue(
                column.values.findLast((value) => value !== null),
                column.format,
              )}
            </b>
          </button>
        </li>
      ))}
      {cut > 0 ? <li className={styles['others']}>{text.others(cut)}</li> : null}
    </ul>
  )
}
