import { unreachable } from '../../../src/core/errors.ts'
import type { ValueFormat } from '../../../src/ui-api/wire/saved-object.ts'
import { formatCompact, formatDecimal, formatPercent } from './number.ts'

/** A formatted value, its unit apart so that it can be set smaller. */
export interface FormattedValue {
  readonly text: string
  /** Empty, or what follows the number: ` °C`, ` kB`. */
  readonly unit: string
}

export function formatParts(value: number, format: ValueFormat | undefined): FormattedValue {
  if (!Number.isFinite(value)) return { text: '–', unit: '' }
  const suffix = format?.suffix ?? ''
  switch (format?.type) {
    case undefined:
      return { text: formatDecimal(value), unit: '' }
    case 'number':
      return { text: format.compact === true ? formatCompact(value) : formatDecimal(value, format.decimals), unit: suffix }
    case 'percent':
      return { text: formatPercent(value, format.decimals), unit: suffix }
    case 'bytes':
      return withUnit(scaleBytes(value, format.decimals), suffix)
    case 'duration':
      return withUnit(scaleDuration(value * DURATION_MS[format.from], format.decimals), suffix)
    default:
      return unreachable(format)
  }
}

export function formatValue(value: number | null | undefined, format: ValueFormat | undefined): string {
  if (value === null || value === undefined) return '–'
  const { text, unit } = formatParts(value, format)
  return text + unit
}

const withUnit = ({ text, unit }: FormattedValue, suffix: string): FormattedValue => ({ text, unit: unit + suffix })

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Powers of 1000, as the unit's names say. */
function scaleBytes(bytes: number, decimals: number | undefined): FormattedValue {
  const power = bytes === 0 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(bytes)) / 3)))
  return { text: formatDecimal(bytes / 1000 ** power, power === 0 ? 0 : (decimals ?? 1)), unit: ` ${BYTE_UNITS[power] ?? 'B'}` }
}

const DURATION_MS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
]

function scaleDuration(ms: number, decimals: number | undefined): FormattedValue {
  const [unit, size] = DURATION_UNITS.find(([, size]) => Math.abs(ms) >= size) ?? ['ms', 1]
  return { text: formatDecimal(ms / size, decimals), unit: ` ${unit}` }
}
