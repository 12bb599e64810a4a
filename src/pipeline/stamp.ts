import { parseIsoInstant, isoNanos } from '../core/dates/iso-instant.ts'
import { addTag, setOwn, type Event } from '../core/event.ts'
import { Timestamp } from '../core/timestamp.ts'

/** `@timestamp` and `@version`, as every event of Logstash has them. A timestamp that came as text is read. */
export function stamp(event: Event, now: number): void {
  const { fields } = event
  const given = fields['@timestamp']
  if (!(given instanceof Timestamp)) {
    const millis = typeof given === 'string' ? parseIsoInstant(given) : NaN
    if (Number.isNaN(millis)) {
      if (given !== undefined && given !== null) {
        setOwn(fields, '_@timestamp', given)
        addTag(event, '_timestampparsefailure')
      }
      fields['@timestamp'] = new Timestamp(now)
    } else fields['@timestamp'] = new Timestamp(millis, isoNanos)
  }
  fields['@version'] ??= '1'
}
