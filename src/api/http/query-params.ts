import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { MAX_LONG } from '../../core/long.ts'

/** What every endpoint takes beside its own parameters. */
const COMMON = ['pretty', 'human', 'error_trace', 'filter_path', 'format', 'source', 'source_content_type']

/** The query string of a request, read by type. Every reader names parameter and value in its error. */
export class QueryParams {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  get names(): readonly string[] {
    return [...this.#values.keys()]
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  text(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** A parameter without a value is true. @throws ElkhornError 400 */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.#values.get(name)
    if (value === undefined) return fallback
    if (value === '' || value === 'true') return true
    if (value === 'false') return false
    throw illegalArgument(`Failed to parse value [${value}] as only [true] or [false] are allowed.`)
  }

  /** @throws ElkhornError 400 */
  integer(name: string): number | undefined {
    const value = this.#values.get(name)
    if (value === undefined) return undefined
    if (!/^[-+]?\d+$/.test(value) || Math.abs(Number(value)) > MAX_LONG) {
      throw illegalArgument(
        `Failed to parse int parameter [${name}] with value [${value}]`,
        new ElkhornError('number_format_exception', 400, `For input string: "${value}"`),
      )
    }
    return Number(value)
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name)
    if (value === undefined) return undefined
    const number = Number(value)
    if (value.trim() === '' || Number.isNaN(number)) {
      throw illegalArgument(
        `Failed to parse float parameter [${name}] with value [${value}]`,
        new ElkhornError('number_format_exception', 400, `For input string: "${value}"`),
      )
    }
    return number
  }

  /** A time value in milliseconds. @throws ElkhornError 400 */
  durationMs(name: string): number | undefined {
    const value = this.#values.get(name)
    return value === undefined ? undefined : parseDurationMs(value, name)
  }

  /** Parts between commas; none where the parameter is absent or empty. */
  list(name: string): readonly string[] {
    const value = this.#values.get(name)
    return value === undefined || value === '' ? [] : value.split(',')
  }

  /** One of a few words. @throws ElkhornError 400 */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.#values.get(name)
    if (value === undefined) return fallback
    const choice = choices.find((one) => one === value)
    if (choice === undefined)
      throw illegalArgument(`Unknown value [${value}] for parameter [${name}], expected one of [${choices.join(', ')}]`)
    return choice
  }

  /**
   * Refuses what the endpoint does not know, so that a typing error never goes unnoticed.
   * @throws ElkhornError `illegal_argument_exception`
   */
  refuseUnknown(path: string, known: readonly string[]): void {
    const unknown = this.names.filter((name) => !known.includes(name) && !COMMON.includes(name))
    if (unknown.length === 0) return
    const described = unknown
      .sort()
      .map((name) => {
        const nearest = nearestName(name, [...known, ...COMMON])
        return `[${name}]${nearest === undefined ? '' : ` -> did you mean [${nearest}]?`}`
      })
      .join(', ')
    throw illegalArgument(`request [${path}] contains unrecognized parameter${unknown.length > 1 ? 's' : ''}: ${described}`)
  }
}

/**
 * Reads a query string: names without a value are empty, of a name that stands twice the last one counts, `+` is a blank.
 * @throws ElkhornError 400 for a percent sign that encodes nothing
 */
export function parseQueryString(text: string): QueryParams {
  const values = new Map<string, string>()
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals < 0 ? part : part.slice(0, equals))
    values.set(name, equals < 0 ? '' : decode(part.slice(equals + 1)))
  }
  return new QueryParams(values)
}

function decode(text: string): string {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw illegalArgument(`unterminated escape sequence at end of string: ${text}`)
  }
}
