export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Fields of a log line: small, no secrets, no document bodies. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Structured log. `message` is lower case and constant; what varies goes into `fields`, so that lines can be counted.
 * `child` binds fields to everything a part of the program says (`{ service: 'mqtt' }`).
 */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  child(fields: LogFields): Log
}

/** Says nothing: for tests and for tools whose output is their own. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
}
