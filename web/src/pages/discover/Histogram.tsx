import { useRef, useState } from 'react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { formatInterval, formatTick } from '../../format/date.ts'
import { formatCompact, formatCount } from '../../format/number.ts'
import { messages } from '../../messages/messages.ts'
import { niceStep, timeTicks } from '../../time/ticks.ts'
import type { Interval } from '../../time/time-range.ts'
import { levelState } from './level.ts'
import styles from './Histogram.module.css'
import type { Bar, HistogramData } from './use-histogram.ts'

const text = messages.discover
const HEIGHT = 76
/** Room for the figures of the vertical axis. */
const LEFT = 40
/** A press that moves less is a click. */
const MIN_BRUSH_PIXELS = 4

export interface HistogramProps {
  readonly data: HistogramData
  readonly width: number
  readonly zone: string
  readonly onZoom: (interval: Interval) => void
}

/** Documents over time, split by severity. A stretch that is brushed, with pointer or keys, becomes the time range. */
export function Histogram({ data, width, zone, onZoom }: HistogramProps) {
  const [hover, setHover] = useState<number>()
  const [brush, setBrush] = useState<{ readonly from: number; readonly to: number }>()
  const press = useRef<number>(undefined)
  const { interval, bars } = data
  const plot = Math.max(1, width - LEFT)
  const most = Math.max(1, ...bars.map(({ count }) => count))
  // Half of it is a figure of the axis too, and there is no half document.
  const step = Math.max(1, niceStep(most, 2))
  const top = Math.max(2, Math.ceil(most / step) * step)
  const x = (instant: number): number => LEFT + ((instant - interval.from) / (interval.to - interval.from)) * plot
  const instantAt = (pixels: number): number =>
    interval.from + ((Math.min(width, Math.max(LEFT, pixels)) - LEFT) / plot) * (interval.to - interval.from)
  const hovered = hover === undefined ? undefined : bars[hover]

  const finish = (from: number, to: number): void => {
    setBrush(undefined)
    onZoom({ from: Math.round(Math.min(from, to)), to: Math.round(Math.max(from, to)) })
  }
  const pixel = (event: PointerEvent<SVGSVGElement>): number => event.clientX - event.currentTarget.getBoundingClientRect().left
  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    press.current = pixel(event)
  }
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const at = pixel(event)
    const instant = instantAt(at)
    setHover(nearestBar(bars, instant))
    if (press.current !== undefined && Math.abs(at - press.current) >= MIN_BRUSH_PIXELS)
      setBrush({ from: instantAt(press.current), to: instant })
  }
  const onPointerUp = (event: PointerEvent<SVGSVGElement>): void => {
    const start = press.current
    press.current = undefined
    if (start === undefined) return
    const at = pixel(event)
    if (Math.abs(at - start) >= MIN_BRUSH_PIXELS) finish(instantAt(start), instantAt(at))
    else {
      const bar = bars.find(({ from, to }) => from <= instantAt(at) && instantAt(at) < to)
      if (bar !== undefined) finish(bar.from, bar.to - 1)
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step !== undefined && bars.length > 0) {
      event.preventDefault()
      const next = Math.min(bars.length - 1, Math.max(0, hover === undefined ? (step > 0 ? 0 : bars.length - 1) : hover + step))
      const [before, bar] = [hover === undefined ? undefined : bars[hover], bars[next]]
      if (bar === undefined) return
      setHover(next)
      if (event.shiftKey) setBrush({ from: brush?.from ?? before?.from ?? bar.from, to: bar.to })
      else setBrush(undefined)
    }
    if (event.key === 'Enter' && (brush !== undefined || hovered !== undefined)) {
      event.preventDefault()
      if (brush !== undefined) finish(brush.from, brush.to - 1)
      else if (hovered !== undefined) finish(hovered.from, hovered.to - 1)
    }
    if (event.key === 'Escape') {
      setBrush(undefined)
      setHover(undefined)
    }
  }

  const ticks = timeTicks(interval, zone, Math.max(2, Math.floor(plot / 110)))
  const label =
    hovered === undefined
      ? ''
      : text.bucket(formatInterval({ from: hovered.from, to: hovered.to }, zone, interval.to), hovered.count)
  return (
    <div className={styles['histogram']}>
      <svg
        width={width}
        height={HEIGHT + 18}
        role="application"
        tabIndex={0}
        aria-label={`${text.histogram}. ${text.histogramHint}`}
        aria-roledescription={text.histogram}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => setHover(undefined)}
        onBlur={() => {
          setHover(undefined)
          setBrush(undefined)
        }}
        onKeyDown={onKeyDown}
      >
        {[0.5, 1].map((share) => (
          <g key={share}>
            <line
              x1={LEFT}
              x2={width}
              y1={HEIGHT - (HEIGHT - 6) * share}
              y2={HEIGHT - (HEIGHT - 6) * share}
              className={styles['grid']}
            />
            <text x={LEFT - 6} y={HEIGHT - (HEIGHT - 6) * share + 4} textAnchor="end" className={styles['axis']}>
              {formatCompact(top * share)}
            </text>
          </g>
        ))}
        <line x1={LEFT} x2={width} y1={HEIGHT} y2={HEIGHT} className={styles['base']} />
        {ticks.instants.map((instant) => (
          <text
            key={instant}
            x={x(instant)}
            y={HEIGHT + 14}
            textAnchor={x(instant) < LEFT + 20 ? 'start' : x(instant) > width - 20 ? 'end' : 'middle'}
            className={styles['axis']}
          >
            {formatTick(instant, zone, ticks.stepMs)}
          </text>
        ))}
        {bars.map((bar, at) => (
          <BarShape
            key={bar.from}
            bar={bar}
            levels={data.levels}
            left={Math.max(LEFT, x(bar.from))}
            right={Math.min(width, x(bar.to))}
            top={top}
            active={at === hover}
          />
        ))}
        {brush === undefined ? null : (
          <rect
            x={Math.min(x(brush.from), x(brush.to))}
            y={0}
            width={Math.abs(x(brush.to) - x(brush.from))}
            height={HEIGHT}
            className={styles['brush']}
          />
        )}
      </svg>
      {hovered === undefined ? null : (
        <div className={styles['tip']} ref={(element) => place(element, x((hovered.from + hovered.to) / 2), width)}>
          <strong>{formatCount(hovered.count)}</strong>{' '}
          {formatInterval({ from: hovered.from, to: hovered.to }, zone, interval.to)}
          {data.levels.length === 0 ? null : <LevelCounts bar={hovered} levels={data.levels} />}
        </div>
      )}
      <p role="status" className="visually-hidden">
        {label}
      </p>
    </div>
  )
}

function LevelCounts({ bar, levels }: { bar: Bar; levels: readonly string[] }) {
  return (
    <ul className={styles['levels']}>
      {levels
        .filter((level) => bar.parts.has(level))
        .map((level) => (
          <li key={level}>
            <span className={styles['swatch']} data-state={levelState(level) ?? 'other'} />
            {level} {formatCount(bar.parts.get(level) ?? 0)}
          </li>
        ))}
    </ul>
  )
}

/** Worst at the bottom, where small parts are seen best. */
const ORDER = ['critical', 'warning', 'info', 'ok', 'unknown']

function BarShape({
  bar,
  levels,
  left,
  right,
  top,
  active,
}: {
  bar: Bar
  levels: readonly string[]
  left: number
  right: number
  top: number
  active: boolean
}) {
  const gap = right - left > 4 ? 1 : 0
  const height = (count: number): number => (count / top) * (HEIGHT - 6)
  const rank = (level: string): number => ORDER.indexOf(levelState(level) ?? '') + 1 || ORDER.length + 1
  const split = levels.filter((level) => bar.parts.has(level)).sort((a, b) => rank(a) - rank(b))
  const known = split.reduce((sum, level) => sum + (bar.parts.get(level) ?? 0), 0)
  let base = HEIGHT
  const part = (key: string, count: number, state: string) => {
    // Something that is there is seen, however little it is.
    const tall = Math.max(height(count), 1.5)
    base -= tall
    return (
      <rect
        key={key}
        x={left + gap / 2}
        y={Math.max(0, base)}
        width={Math.max(1, right - left - gap)}
        height={tall}
        data-state={state}
        className={styles['bar']}
      />
    )
  }
  return (
    <g data-active={active} className={styles['stack']}>
      {split.map((level) => part(level, bar.parts.get(level) ?? 0, levelState(level) ?? 'other'))}
      {bar.count > known ? part('rest', bar.count - known, 'plain') : null}
    </g>
  )
}

function nearestBar(bars: readonly Bar[], instant: number): number | undefined {
  let best: number | undefined
  let distance = Number.POSITIVE_INFINITY
  for (const [at, bar] of bars.entries()) {
    const away = Math.abs((bar.from + bar.to) / 2 - instant)
    if (away < distance) [best, distance] = [at, away]
  }
  return best
}

/** Keeps a tip inside the chart. */
function place(element: HTMLElement | null, x: number, width: number): void {
  if (element === null) return
  const half = element.offsetWidth / 2
  element.style.left = `${Math.min(width - half, Math.max(half, x))}px`
}
