import uPlot from 'uplot'
import { resolveColor } from '../../components/theme-colors.ts'
import { formatTick } from '../../format/date.ts'
import type { SeriesStyle } from '../../format/series-colors.ts'
import { formatParts, formatValue } from '../../format/value.ts'
import { timeTicks } from '../../time/ticks.ts'
import type { Interval } from '../../time/time-range.ts'
import type { FrameColumn } from '../frame.ts'
import type { Threshold, XyOptions } from './options.ts'
import { decimalsOf } from './decimals-of.ts'
import { findSilences } from './silences.ts'
import { valueRange } from './value-range.ts'

export interface ChartSeries {
  readonly column: Extract<FrameColumn, { kind: 'number' }>
  readonly style: SeriesStyle
}

export interface ChartInput {
  readonly shape: XyOptions['shape']
  readonly thresholds: readonly Threshold[]
  readonly series: readonly ChartSeries[]
  readonly zone: string
  readonly stepMs: number
  readonly group: string
  readonly size: { readonly width: number; readonly height: number }
  readonly interval: () => Interval
  /** The row under the crosshair, and how far from the left of the chart it is. */
  readonly onRead: (row: number | undefined, left: number) => void
  readonly onBrush: (interval: Interval) => void
}

const PIXELS_PER_TIME_TICK = 90
const FONT_PIXELS = 11

/** How a chart over time is drawn with uPlot. Times are in milliseconds. */
export function chartOptions({
  shape,
  thresholds,
  series,
  zone,
  stepMs,
  group,
  size,
  interval,
  onRead,
  onBrush,
}: ChartInput): uPlot.Options {
  const axisColor = resolveColor('--chart-axis')
  const gridColor = resolveColor('--chart-grid')
  const font = `${FONT_PIXELS}px ${getComputedStyle(document.body).fontFamily}`
  const format = series[0]?.column.format
  const axis = { stroke: axisColor, font, ticks: { show: false } }
  return {
    ...size,
    ms: 1,
    pxAlign: false,
    // On the right there is room for half a label: the last tick may stand at the very end.
    padding: [8, 18, 0, 0],
    legend: { show: false },
    tzDate: (instant) => uPlot.tzDate(new Date(instant), zone),
    scales: {
      x: { time: true, range: () => [interval().from, interval().to] },
      y: { range: (_chart, low, high) => valueRange(low, high, thresholds, shape === 'bar') },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        grid: { show: false },
        splits: (chart, _axis, from, to) => [
          ...timeTicks({ from, to }, zone, Math.max(2, Math.floor(chart.width / PIXELS_PER_TIME_TICK))).instants,
        ],
        values: (chart, splits) => {
          const { stepMs } = timeTicks(
            { from: chart.scales['x']?.min ?? 0, to: chart.scales['x']?.max ?? 1 },
            zone,
            Math.max(2, Math.floor(chart.width / PIXELS_PER_TIME_TICK)),
          )
          return splits.map((instant) => formatTick(instant, zone, stepMs))
        },
      },
      {
        ...axis,
        gap: 6,
        size: (chart, values) => Math.max(36, ...(values ?? []).map((label) => textWidth(chart, label, font) + 14)),
        grid: { stroke: gridColor, width: 1 },
        space: 34,
        // The unit stands once, at the top: on every figure it would only take room.
        values: (_chart, splits) =>
          splits.map((value, at) => axisLabel(value, axisFormat(format, splits), at === splits.length - 1)),
      },
    ],
    series: [{}, ...series.map((entry) => drawnSeries(entry, shape, series.length, stepMs))],
    focus: { alpha: 0.25 },
    cursor: {
      sync: { key: group, scales: ['x', null], setSeries: false },
      focus: { prox: -1 },
      drag: { x: true, y: false, setScale: false, dist: 5 },
      points: {
        size: 7,
        width: 1.5,
        fill: () => resolveColor('--surface'),
        stroke: (_chart, at) => resolveColor(series[at - 1]?.style.color ?? '--text'),
      },
      y: false,
    },
    hooks: {
      setCursor: [
        (chart) => onRead(chart.cursor.idx ?? undefined, (chart.cursor.left ?? 0) + chart.bbox.left / devicePixelRatio),
      ],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select
          if (width < 5) return
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          onBrush({ from: Math.round(chart.posToVal(left, 'x')), to: Math.round(chart.posToVal(left + width, 'x')) })
        },
      ],
      drawAxes: [(chart) => drawThresholds(chart, thresholds, font)],
    },
  }
}

function drawnSeries({ column, style }: ChartSeries, shape: XyOptions['shape'], count: number, stepMs: number): uPlot.Series {
  const color = resolveColor(style.color)
  const filled = shape === 'area' || (shape === 'line' && count === 1)
  return {
    label: column.name,
    stroke: color,
    width: shape === 'bar' ? 0 : count > 12 ? 1.1 : 1.6,
    dash: [...style.dash],
    points: { show: false },
    spanGaps: false,
    gaps: (chart, at) => {
      const times = chart.data[0]
      const pixel = (row: number): number => chart.valToPos(times[row] ?? 0, 'x', true)
      return findSilences(times as number[], chart.data[at] as (number | null)[], stepMs).map(([from, to]) => [
        pixel(from),
        pixel(to),
      ])
    },
    ...(shape === 'bar' ? { paths: barPaths(), fill: withAlpha(color, 0.75) } : {}),
    ...(filled ? { fill: (chart: uPlot) => fade(chart, color, count === 1 ? 0.22 : 0.1) } : {}),
  }
}

function barPaths(): uPlot.Series.PathBuilder {
  const bars = uPlot.paths.bars
  if (bars === undefined) throw new Error('uPlot was built without bars')
  return bars({ size: [0.72, 48], align: 1, radius: 0.12 })
}

/** From the colour at the top to nothing at the bottom. */
function fade(chart: uPlot, color: string, strength: number): CanvasGradient | string {
  const { top, height } = chart.bbox
  if (!Number.isFinite(top + height) || height <= 0) return 'transparent'
  const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height)
  gradient.addColorStop(0, withAlpha(color, strength))
  gradient.addColorStop(1, withAlpha(color, 0))
  return gradient
}

/** `rgb(1, 2, 3)`, as browsers compute colours, with an alpha. */
function withAlpha(color: string, alpha: number): string {
  return color.startsWith('rgb(') ? `rgba(${color.slice(4, -1)}, ${alpha})` : color
}

function axisLabel(value: number, format: ChartSeries['column']['format'], withUnit: boolean): string {
  if (format?.type !== 'number') return formatValue(value, format)
  const { text, unit } = formatParts(value, format)
  return withUnit ? text + unit : text
}

/** On an axis only as many decimals as tell its figures apart. */
function axisFormat(format: ChartSeries['column']['format'], splits: readonly number[]): ChartSeries['column']['format'] {
  if (format?.type !== 'number') return format
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0))
  return { ...format, decimals: decimalsOf(step) }
}

function textWidth(chart: uPlot, label: string, font: string): number {
  chart.ctx.save()
  chart.ctx.font = font
  const { width } = chart.ctx.measureText(label)
  chart.ctx.restore()
  return width
}

function drawThresholds(chart: uPlot, thresholds: readonly Threshold[], font: string): void {
  const { ctx, bbox } = chart
  const scale = devicePixelRatio
  for (const { value, label, state } of thresholds) {
    const y = chart.valToPos(value, 'y', true)
    if (y < bbox.top || y > bbox.top + bbox.height) continue
    const color = resolveColor(`--${state}`)
    ctx.save()
    ctx.strokeStyle = color
    ctx.fillStyle = color
    ctx.globalAlpha = 0.05
    ctx.fillRect(bbox.left, bbox.top, bbox.width, y - bbox.top)
    ctx.globalAlpha = 0.8
    ctx.lineWidth = scale
    ctx.setLineDash([5 * scale, 4 * scale])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    if (label !== undefined) {
      ctx.globalAlpha = 1
      ctx.font = font.replace(/^\d+px/, `${FONT_PIXELS * scale}px`)
      ctx.textAlign = 'left' // the newest values are at the right
      ctx.textBaseline = 'bottom'
      ctx.fillText(label, bbox.left + 6 * scale, y - 3 * scale)
    }
    ctx.restore()
  }
}
