import { useId } from 'react'
import styles from './Sparkline.module.css'

/** Units of the drawing; it is stretched to its place. */
const WIDTH = 200
const HEIGHT = 48

export interface SparklineProps {
  /** Evenly spaced; gaps are `null`. */
  readonly values: readonly (number | null)[]
  /** Name of a custom property with a colour. */
  readonly color?: `--${string}`
  readonly filled?: boolean
  /** What the vertical axis reaches at least: a line that hardly moves should look as if. */
  readonly minSpan?: number
}

/** The shape of a development, without axes. Says nothing to assistive technology: the figure beside it does. */
export function Sparkline({ values, color = '--series-1', filled = true, minSpan = 0 }: SparklineProps) {
  const gradient = useId()
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const low = Math.min(...known)
  const high = Math.max(...known)
  const span = Math.max(high - low, minSpan, Math.abs(high) * 1e-6, Number.MIN_VALUE)
  const base = (high + low) / 2 - span / 2
  const x = (at: number): string => ((at / (values.length - 1)) * WIDTH).toFixed(1)
  const y = (value: number): string => (HEIGHT - 2 - ((value - base) / span) * (HEIGHT - 4)).toFixed(1)
  const runs = connectedRuns(values)
  const line = runs.map((run) => `M${run.map(([at, value]) => `${x(at)} ${y(value)}`).join('L')}`).join('')
  const area = runs
    .map(
      (run) =>
        `M${x(run[0]?.[0] ?? 0)} ${HEIGHT}L${run.map(([at, value]) => `${x(at)} ${y(value)}`).join('L')}L${x(run.at(-1)?.[0] ?? 0)} ${HEIGHT}Z`,
    )
    .join('')
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={styles['sparkline']}
      color={`var(${color})`}
    >
      {filled ? (
        <>
          <defs>
            <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" stopColor="currentColor" stopOpacity="0.28" />
              <stop offset="1" stopColor="currentColor" stopOpacity="0" />
            </linearGradient>
          </defs>
          <path d={area} fill={`url(#${gradient})`} />
        </>
      ) : null}
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

function connectedRuns(values: readonly (number | null)[]): [number, number][][] {
  const runs: [number, number][][] = []
  let run: [number, number][] = []
  for (const [at, value] of values.entries()) {
    if (value !== null) run.push([at, value])
    if ((value === null || at === values.length - 1) && run.length > 0) {
      runs.push(run)
      run = []
    }
  }
  return runs
}
