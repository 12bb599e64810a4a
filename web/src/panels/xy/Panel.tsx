import 'uplot/dist/uPlot.min.css'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import uPlot from 'uplot'
import { useThemeVersion } from '../../components/theme-colors.ts'
import { formatInstant, formatMoment } from '../../format/date.ts'
import { seriesStyle } from '../../format/series-colors.ts'
import { formatValue } from '../../format/value.ts'
import { useSize } from '../../hooks/use-size.ts'
import { messages } from '../../messages/messages.ts'
import { mainFrame, numberColumns, timeColumn } from '../frame.ts'
import type { PanelViewProps } from '../panel-type.ts'
import { chartOptions } from './chart-options.ts'
import { Legend } from './Legend.tsx'
import type { XyOptions } from './options.ts'
import styles from './Panel.module.css'

const text = messages.panel

/** What a reader points at: a row of the frame, and where that is in the drawing. */
interface Reading {
  readonly row: number
  readonly left: number
}

/** Lines, areas or bars over time. */
export function XyPanel({ options, data, interval, title, group, onZoom }: PanelViewProps<XyOptions>) {
  const { ref, size } = useSize()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const [reading, setReading] = useState<Reading>()
  const [only, setOnly] = useState<string>()
  const [pointed, setPointed] = useState<string>()
  const theme = useThemeVersion()
  const frame = mainFrame(data)
  const series = useMemo(() => numberColumns(frame).map((column, at) => ({ column, style: seriesStyle(at) })), [frame])
  const names = series.map(({ column }) => column.name).join('\n')
  const aligned = useMemo<uPlot.AlignedData>(
    () =>
      [
        timeColumn(frame)?.values.map(Number) ?? [],
        ...series.map(({ column }) => column.values as (number | null)[]),
      ] as uPlot.AlignedData,
    [frame, series],
  )
  // The chart calls these whenever it likes; it should find the newest.
  const latest = useRef({ aligned, interval, onZoom, data, series })
  latest.current = { aligned, interval, onZoom, data, series }

  const width = size?.width ?? 0
  const height = size?.height ?? 0
  const drawable = width > 0 && height > 0
  useEffect(() => {
    const element = place.current
    if (element === null || !drawable) return undefined
    const made = new uPlot(
      chartOptions({
        shape: options.shape,
        thresholds: options.thresholds,
        series: latest.current.series,
        zone: latest.current.data.zone,
        stepMs: latest.current.data.stepMs ?? 60_000,
        group,
        size: { width, height },
        interval: () => latest.current.interval,
        onRead: (row, left) => setReading(row === undefined ? undefined : { row, left }),
        onBrush: (brushed) => latest.current.onZoom(brushed),
      }),
      latest.current.aligned,
      element,
    )
    chart.current = made
    return () => {
      made.destroy()
      chart.current = undefined
    }
    // Size has an effect of its own; names, theme, zone and step make another chart.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [drawable, names, theme, group, options, data.zone, data.stepMs])

  useEffect(() => chart.current?.setSize({ width, height }), [width, height])
  useEffect(() => chart.current?.setData(aligned), [aligned, interval])
  useEffect(() => {
    const made = chart.current
    if (made === undefined) return
    for (const [at, { column }] of series.entries()) made.setSeries(at + 1, { show: only === undefined || column.name === only })
    const at = series.findIndex(({ column }) => column.name === pointed)
    made.setSeries(at === -1 ? null : at + 1, { focus: at !== -1 }, false)
  }, [only, pointed, series])

  const onKeyDown = useKeys(chart, reading?.row, frame.length, interval, onZoom)
  const read = reading === undefined ? undefined : timeColumn(frame)?.values[reading.row]
  const shown = series.filter(({ column }) => only === undefined || column.name === only)
  const rows =
    reading === undefined
      ? []
      : shown
          .flatMap((entry) =>
            entry.column.values[reading.row] == null ? [] : [{ ...entry, value: entry.column.values[reading.row] ?? 0 }],
          )
          .sort((a, b) => b.value - a.value)

  return (
    <div className={styles['panel']}>
      <div className={styles['chart']} ref={ref}>
        <div
          ref={place}
          className={styles['canvas']}
          role="application"
          aria-roledescription={text.legend}
          aria-label={text.chart(title)}
          tabIndex={0}
          onKeyDown={onKeyDown}
          onBlur={() => chart.current?.setCursor({ left: -10, top: -10 })}
        />
        {reading === undefined || read === null || read === undefined || rows.length === 0 ? null : (
          <div className={styles['tip']} ref={(element) => beside(element, reading.left, width)}>
            <p className={styles['when']}>{formatInstant(read, data.zone).replace(/\.000$/, '')}</p>
            <ul>
              {rows.slice(0, MAX_TIP_ROWS).map(({ column, style, value }) => (
                <li key={column.name} data-pointed={column.name === pointed}>
                  <span
                    className={styles['swatch']}
                    ref={(element) => element?.style.setProperty('background', `var(${style.color})`)}
                  />
                  <span className={styles['name']}>{column.name}</span>
                  <b>{formatValue(value, column.format)}</b>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
      {options.legend && series.length > 0 ? (
        <Legend series={series} only={only} onOnly={setOnly} onPoint={setPointed} cut={data.cut} />
      ) : null}
      <p role="status" className="visually-hidden">
        {read === null || read === undefined
          ? ''
          : text.reading(
              formatMoment(read, data.zone, { today: interval.to, seconds: true }),
              rows.map(({ column, value }) => `${column.name} ${formatValue(value, column.format)}`).join(', '),
            )}
      </p>
    </div>
  )
}

const MAX_TIP_ROWS = 12

/** A tip stands beside the crosshair, on the side where there is room. */
function beside(element: HTMLElement | null, left: number, width: number): void {
  if (element === null) return
  const right = left + 16 + element.offsetWidth < width
  element.style.left = `${right ? left + 16 : Math.max(0, left - 16 - element.offsetWidth)}px`
}

/** Arrow keys read point by point; with Shift they mark a stretch, which Enter zooms into. */
function useKeys(
  chart: { readonly current: uPlot | undefined },
  row: number | undefined,
  length: number,
  interval: PanelViewProps<XyOptions>['interval'],
  onZoom: PanelViewProps<XyOptions>['onZoom'],
) {
  const anchor = useRef<number>(undefined)
  return useCallback(
    (event: KeyboardEvent) => {
      const made = chart.current
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (made === undefined || length === 0) return
      const timeAt = (at: number): number => made.data[0][at] ?? interval.from
      const pixelOf = (time: number): number => made.valToPos(time, 'x')
      if (step !== undefined) {
        event.preventDefault()
        const next = Math.min(
          length - 1,
          Math.max(0, row === undefined ? (step > 0 ? 0 : length - 1) : row + step * (event.ctrlKey ? 10 : 1)),
        )
        made.setCursor({ left: pixelOf(timeAt(next)), top: 0 })
        anchor.current = event.shiftKey ? (anchor.current ?? row ?? next) : undefined
        const [a, b] = [anchor.current === undefined ? 0 : pixelOf(timeAt(anchor.current)), pixelOf(timeAt(next))]
        made.setSelect(
          anchor.current === undefined
            ? { left: 0, top: 0, width: 0, height: 0 }
            : { left: Math.min(a, b), top: 0, width: Math.abs(b - a), height: made.bbox.height / devicePixelRatio },
          false,
        )
      } else if (event.key === 'Enter' && row !== undefined && anchor.current !== undefined && anchor.current !== row) {
        event.preventDefault()
        const [a, b] = [timeAt(anchor.current), timeAt(row)]
        anchor.current = undefined
        made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        onZoom({ from: Math.min(a, b), to: Math.max(a, b) })
      } else if (event.key === 'Escape') {
        anchor.current = undefined
        made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        made.setCursor({ left: -10, top: -10 })
      }
    },
    [chart, row, length, interval, onZoom],
  )
}
