import type { DateFormat } from '../../core/dates/date-format.ts'
import { dateParseError, isDateMath, parseDateMath } from '../../core/dates/date-math.ts'
import type { TimeZone } from '../../core/dates/time-zone.ts'
import type { EpochMillis } from '../../core/time.ts'
import type { BindContext } from './context.ts'

export interface DateBoundOptions {
  readonly format: DateFormat
  readonly context: BindContext
  readonly zone?: TimeZone | undefined
}

/** The instant of a date text or date math: the first of what it covers, or the last. @throws ElkhornError `parse_exception` */
export function dateBound(text: string, roundUp: boolean, { format, context, zone }: DateBoundOptions): EpochMillis {
  return parseDateMath(text, { format, now: context.now, roundUp, ...(zone ? { zone } : {}) })
}

const NANOS_PER_MS = 1_000_000n

/** As `dateBound`, in nanoseconds. Math counts in milliseconds, so its last one ends with 999,999 ns. */
export function nanosBound(text: string, roundUp: boolean, options: DateBoundOptions): bigint {
  if (isDateMath(text)) return BigInt(dateBound(text, roundUp, options)) * NANOS_PER_MS + (roundUp ? NANOS_PER_MS - 1n : 0n)
  const nanos = options.format.parseNanos(text, { roundUp, ...(options.zone ? { zone: options.zone } : {}) })
  if (nanos === undefined) throw dateParseError(text, options.format.pattern)
  return nanos
}
