/** Formats by the reader's own language; `undefined` is the browser's. */
const LOCALE: string | undefined = undefined

const formats = new Map<string, Intl.NumberFormat>()

/** One format per set of options: making one costs a thousand times what using one costs. */
function formatOf(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options)
  let format = formats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALE, options)
    formats.set(key, format)
  }
  return format
}

/** A whole number with its thousands set apart. */
export function formatCount(value: number): string {
  return formatOf({ maximumFractionDigits: 0 }).format(value)
}

/** `12.4K`, for where there is no room. */
export function formatCompact(value: number): string {
  return formatOf({ notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** A measured value: as many decimals as tell something at its size, or exactly `decimals`. */
export function formatDecimal(value: number, decimals?: number): string {
  if (decimals !== undefined) return formatOf({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e15))
    return formatOf({ notation: 'scientific', maximumFractionDigits: 3 }).format(value)
  return formatOf({ maximumFractionDigits: size >= 1000 ? 1 : size >= 1 ? 2 : 4 }).format(value)
}

/** A share of one: `42.5 %`. */
export function formatPercent(fraction: number, decimals = 1): string {
  return formatOf({ style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(fraction)
}

/** With its sign, also a plus: a change. */
export function formatChange(value: number, decimals: number): string {
  return formatOf({ signDisplay: 'exceptZero', minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value)
}
