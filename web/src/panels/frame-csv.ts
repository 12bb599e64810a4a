import type { Frame } from './frame.ts'

/** A frame as CSV (RFC 4180): times as ISO dates, numbers without units. */
export function frameCsv({ columns, length }: Frame): string {
  const lines = [columns.map(({ name }) => cell(name)).join(',')]
  for (let row = 0; row < length; row += 1) {
    lines.push(
      columns
        .map((column) => {
          const value = column.values[row]
          if (value === null || value === undefined) return ''
          return cell(column.kind === 'time' ? new Date(Number(value)).toISOString() : String(value))
        })
        .join(','),
    )
  }
  return `${lines.join('\r\n')}\r\n`
}

/** As in src/ui-api/csv.ts: nothing that a spreadsheet would run. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
