import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide-react'
import { Sparkline } from '../../components/Sparkline.tsx'
import { StateShape } from '../../components/StateMark.tsx'
import { formatChange, formatPercent } from '../../format/number.ts'
import { formatParts, formatValue } from '../../format/value.ts'
import { messages } from '../../messages/messages.ts'
import { mainFrame, numberColumns } from '../frame.ts'
import { limitState } from '../limits.ts'
import type { PanelViewProps } from '../panel-type.ts'
import type { MetricOptions } from './options.ts'
import styles from './Panel.module.css'

const text = messages.panel

/** Below this a change is noise. */
const MIN_CHANGE = 0.0005

export function MetricPanel({ options, data }: PanelViewProps<MetricOptions>) {
  const figures = numberColumns(mainFrame(data))
  const value = figures[0]?.values[0] ?? null
  const { primary, limits, secondary, compare } = options
  const state = limitState(value, limits)
  const formatted = value === null ? { text: '–', unit: '' } : formatParts(value, primary.format)
  const before = compare ? (figures.at(-1)?.values[0] ?? null) : null
  const trend = data.frames[1] === undefined ? undefined : numberColumns(data.frames[1])[0]
  return (
    <div className={styles['metric']} data-state={state}>
      <p className={styles['label']}>{primary.label}</p>
      <p className={styles['line']}>
        <span className={styles['value']}>
          {state === undefined || state === 'ok' ? null : <StateShape state={state} size={20} />}
          {formatted.text}
          <span className={styles['unit']}>{formatted.unit}</span>
        </span>
        {state === undefined ? null : <span className="visually-hidden">{text.states[state]}</span>}
        {compare && value !== null && before !== null ? <Change value={value} before={before} /> : null}
        {secondary.map(({ label, format }, at) => (
          <span key={label} className={styles['secondary']}>
            {label} <b>{formatValue(figures[at + 1]?.values[0], format)}</b>
          </span>
        ))}
      </p>
      {trend === undefined || trend.values.length < 2 ? null : (
        <div className={styles['trend']}>
          <Sparkline
            values={trend.values}
            color={state === 'warning' ? '--warning' : state === 'critical' ? '--critical' : '--series-1'}
            minSpan={Math.abs(value ?? 0) * 0.15}
          />
        </div>
      )}
    </div>
  )
}

function Change({ value, before }: { value: number; before: number }) {
  const share = before === 0 ? undefined : (value - before) / Math.abs(before)
  const still = value === before || (share !== undefined && Math.abs(share) < MIN_CHANGE)
  const shown = still
    ? text.unchanged
    : share === undefined
      ? formatChange(value - before, 0)
      : `${value > before ? '+' : '−'}${formatPercent(Math.abs(share), 1)}`
  const Icon = still ? ArrowRight : value > before ? ArrowUpRight : ArrowDownRight
  return (
    <span className={styles['change']} title={still ? text.unchanged : text.change(shown)}>
      <Icon size={13} aria-hidden />
      {still ? formatPercent(0, 1) : shown}
    </span>
  )
}
