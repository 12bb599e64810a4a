import type { EpochMillis } from './time.ts'

/** An instant to the nanosecond, always UTC: what `@timestamp` of an event holds. Never changes. */
export class Timestamp {
  readonly epochMillis: EpochMillis
  /** What lies below the millisecond, in nanoseconds: 0 to 999 999. */
  readonly nanos: number

  constructor(epochMillis: EpochMillis, nanos = 0) {
    this.epochMillis = epochMillis
    this.nanos = nanos
  }

  /** ISO 8601 with at least milliseconds and no trailing zeros below them: `2024-05-01T10:00:00.000Z`. */
  toString(): string {
    const text = isoMillis(this.epochMillis)
    if (this.nanos === 0) return text
    const below = String(this.nanos).padStart(6, '0')
    return `${text.slice(0, -1)}${below.endsWith('000') ? below.slice(0, 3) : below}Z`
  }

  toJSON(): string {
    return this.toString()
  }
}

/** The last second that was printed, up to its point: events come by the second. */
const lastSecond = { number: NaN, text: '' }

/** `YYYY-MM-DDTHH:mm:ss.SSSZ`; years outside 0 to 9999 keep ISO 8601's sign. */
function isoMillis(epochMillis: EpochMillis): string {
  const millis = Math.trunc(epochMillis)
  const second = Math.floor(millis / 1000)
  if (second !== lastSecond.number) {
    lastSecond.text = new Date(second * 1000).toISOString().slice(0, -'000Z'.length)
    lastSecond.number = second
  }
  return `${lastSecond.text}${String(millis - second * 1000).padStart(3, '0')}Z`
}
