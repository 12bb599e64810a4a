import type { JsonValue } from '../core/json.ts'

/** One line of a CSV file (RFC 4180), each cell one value or several. */
export function csvLine(cells: readonly (readonly JsonValue[])[]): string {
  return `${cells.map((values) => csvCell(values.map(cellText).join(', '))).join(',')}\r\n`
}

function cellText(value: JsonValue): string {
  if (value === null) return ''
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  return String(value)
}

/**
 * Quotes what needs it. Text that a spreadsheet would run as a formula gets an apostrophe in front, numbers keep their sign
 * (OWASP, CSV injection).
 */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
