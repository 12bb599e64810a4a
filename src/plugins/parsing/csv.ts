export class CsvError extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'CsvError'
  }
}

export interface CsvFormat {
  /** One character or several. */
  readonly separator: string
  /** Empty: nothing is quoted. */
  readonly quote: string
  /** Whether white space around values is dropped. */
  readonly trim?: boolean
}

/**
 * The values of one record (RFC 4180). A value that is empty and not quoted is `null`.
 * @throws CsvError for quotes within or behind a value, and a quote that does not end
 */
export function parseCsvLine(line: string, { separator, quote, trim = false }: CsvFormat): (string | null)[] {
  const values: (string | null)[] = []
  let at = 0
  for (;;) {
    if (trim) while (line[at] === ' ') at += 1
    let end: number
    if (quote !== '' && line.startsWith(quote, at)) {
      const [value, behind] = quotedValue(line, at, quote)
      values.push(value)
      end = behind
      if (trim) while (line[end] === ' ') end += 1
      if (end < line.length && !line.startsWith(separator, end)) throw new CsvError(`text behind the quotes at column ${end + 1}`)
    } else {
      end = line.indexOf(separator, at)
      if (end < 0) end = line.length
      const value = line.slice(at, end)
      if (quote !== '' && value.includes(quote)) throw new CsvError(`a quote within the value at column ${at + 1}`)
      values.push(value === '' ? null : trim ? value.trimEnd() : value)
    }
    if (end >= line.length) return values
    at = end + separator.length
  }
}

function quotedValue(line: string, start: number, quote: string): [value: string, behind: number] {
  let value = ''
  let at = start + quote.length
  for (;;) {
    const end = line.indexOf(quote, at)
    if (end < 0) throw new CsvError(`the quote at column ${start + 1} does not end`)
    value += line.slice(at, end)
    at = end + quote.length
    if (!line.startsWith(quote, at)) return [value, at]
    value += quote
    at += quote.length
  }
}

/** A record as one line: values with separators, quotes or line ends stand in quotes. */
export function printCsvLine(values: readonly string[], { separator, quote }: CsvFormat): string {
  return values
    .map((value) =>
      quote !== '' && (value.includes(separator) || value.includes(quote) || /[\r\n]/.test(value))
        ? quote + value.replaceAll(quote, quote + quote) + quote
        : value,
    )
    .join(separator)
}
