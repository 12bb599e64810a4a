import type { Log, LogFields, LogLevel } from '../core/log.ts'
import type { Clock, EpochMillis } from '../core/time.ts'

export interface LogLine {
  readonly at: EpochMillis
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Where log lines go. Must not throw and must not block. */
export type LogSink = (line: LogLine) => void

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** A log that hands every line of `level` and above to every sink. */
export function createLog(level: LogLevel, sinks: readonly LogSink[], clock: Clock): Log {
  const smallest = logLevels.indexOf(level)
  const withFields = (bound: LogFields): Log => {
    const write = (of: LogLevel, fields: LogFields, message: string): void => {
      if (logLevels.indexOf(of) < smallest) return
      const line: LogLine = { at: clock.now(), level: of, message, fields: { ...bound, ...fields } }
      for (const sink of sinks) sink(line)
    }
    return {
      debug: (fields, message) => write('debug', fields, message),
      info: (fields, message) => write('info', fields, message),
      warn: (fields, message) => write('warn', fields, message),
      error: (fields, message) => write('error', fields, message),
      child: (fields) => withFields({ ...bound, ...fields }),
    }
  }
  return withFields({})
}

/** One line of JSON in the names of the Elastic Common Schema, so that the log can be ingested as it is. */
export function jsonLine({ at, level, message, fields }: LogLine): string {
  const line = { '@timestamp': new Date(at).toISOString(), 'log.level': level, message, ...fields }
  return `${JSON.stringify(line, (_key, value: unknown) => plain(value))}\n`
}

const COLOR: Readonly<Record<LogLevel, string>> = { debug: '\u001B[2m', info: '', warn: '\u001B[33m', error: '\u001B[31m' }

/** One line for people: time of day, level where it matters, message, fields. */
export function prettyLine({ at, level, message, fields }: LogLine, { color }: { readonly color: boolean }): string {
  const time = new Date(at).toISOString().slice(11, 19)
  const { service, ...rest } = fields
  const values = Object.entries(rest).map(([name, value]) => ` ${name}=${prettyValue(value)}`)
  const origin = typeof service === 'string' ? `${service}: ` : ''
  const text = `${time} ${level === 'info' ? '' : `${level.toUpperCase()} `}${origin}${message}${values.join('')}`
  return color && COLOR[level] !== '' ? `${COLOR[level]}${text}\u001B[0m\n` : `${text}\n`
}

function prettyValue(value: unknown): string {
  const simple = plain(value)
  if (typeof simple === 'string') return /^[^\s"=]+$/.test(simple) ? simple : JSON.stringify(simple)
  return JSON.stringify(simple, (_key, inner: unknown) => plain(inner)) ?? String(simple)
}

/** Values that JSON has no form for: errors with their causes, whole numbers beyond 2^53. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error)
    return value.cause === undefined
      ? (value.stack ?? value.message)
      : `${value.stack ?? value.message}\ncaused by ${String(plain(value.cause))}`
  return value
}
