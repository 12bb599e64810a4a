import { printByteSize } from '../../core/byte-size.ts'
import { printDuration } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { QueryParams } from '../http/query-params.ts'

const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
  pb: 1024 ** 5,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
}
const MILLIS: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Prints sizes: in the unit of the `bytes` parameter as a plain number, else in the largest that fits. */
export function bytesCell(query: QueryParams): (bytes: number) => string {
  const unit = query.text('bytes')
  if (unit === undefined) return printByteSize
  const size = BYTES[unit]
  if (size === undefined)
    throw illegalArgument(
      `failed to parse setting [bytes] with value [${unit}] as a size in bytes: unit is missing or unrecognized`,
    )
  return (bytes) => String(Math.floor(bytes / size))
}

/** Prints times: in the unit of the `time` parameter as a plain number, else in the largest that fits. */
export function timeCell(query: QueryParams): (ms: number) => string {
  const unit = query.text('time')
  if (unit === undefined) return printDuration
  const size = MILLIS[unit]
  if (size === undefined)
    throw illegalArgument(`failed to parse setting [time] with value [${unit}] as a time value: unit is missing or unrecognized`)
  return (ms) => String(Math.floor(ms / size))
}
