import { printOneDecimal } from './byte-size.ts'
import { illegalArgument } from './errors.ts'

const MILLIS_PER: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Reads a time value as Elasticsearch writes it (`30s`, `1.5h`, `500ms`, `-1` for never, a bare `0`) into milliseconds.
 * Units: nanos, micros, ms, s, m, h, d. `setting` is named in the error.
 *
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function parseDurationMs(text: string, setting: string): number {
  const trimmed = text.trim().toLowerCase()
  if (trimmed === '-1' || trimmed === '0') return Number(trimmed)
  const match = /^(\d+(?:\.\d+)?)(nanos|micros|ms|s|m|h|d)$/.exec(trimmed)
  const millis = MILLIS_PER[match?.[2] ?? '']
  if (!match || millis === undefined) {
    const why = /^-?\d+(\.\d+)?/.test(trimmed) ? 'unit is missing or unrecognized' : 'expected a number and a unit such as [30s]'
    throw illegalArgument(`failed to parse setting [${setting}] with value [${text}] as a time value: ${why}`)
  }
  return Number(match[1]) * millis
}

/** The largest unit that fits, at most one decimal: `1.5m`, `2d`, `250ms`; `-1` stays as it is. */
export function printDuration(ms: number): string {
  if (ms <= 0) return ms === 0 ? '0s' : String(ms)
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'micros', 'nanos']) {
    const size = MILLIS_PER[unit] ?? 1
    if (ms >= size) return `${printOneDecimal(ms / size)}${unit}`
  }
  return '0s'
}
