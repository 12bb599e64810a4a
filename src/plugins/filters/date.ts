import { z } from 'zod'
import { logstashDateFormat, type LogstashDateFormat } from '../../core/dates/logstash-date.ts'
import { findTimeZone, timeZone, type TimeZone } from '../../core/dates/time-zone.ts'
import { addTag, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

const config = z.strictObject({
  match: list()
    .refine((parts) => parts.length !== 1, { error: 'expected a field and at least one format' })
    .default([])
    .meta({ option: 'list' })
    .describe('The field, then the formats it may have: `ISO8601`, `UNIX`, `UNIX_MS`, `TAI64N` or Joda patterns.'),
  target: text().default('@timestamp').describe('Field that gets the instant.'),
  timezone: text().optional().describe("Zone of texts that name none, such as `Europe/Lisbon`. The host's when absent."),
  locale: text().optional().describe('Language of the names of months and days, such as `pt-PT`. English when absent.'),
  tag_on_failure: list().default(['_dateparsefailure']).describe('Tags of events whose text fits no format.'),
})

export const date = defineFilter({
  name: 'date',
  summary: 'Reads an instant out of text and makes it the time of the event.',
  config,
  examples: [
    {
      title: 'A log of a web server',
      config: { match: ['when', 'dd/MMM/yyyy:HH:mm:ss Z'], target: 'at', remove_field: 'when' },
      in: { when: '17/May/2015:10:05:03 +0200' },
      out: { at: '2015-05-17T08:05:03.000Z' },
    },
    {
      title: 'Several formats',
      config: { match: ['when', 'ISO8601', 'UNIX'], target: 'at', timezone: 'UTC' },
      in: { when: 1714557600.5 },
      out: { when: 1714557600.5, at: '2024-05-01T10:00:00.500Z' },
    },
    {
      title: 'No format fits',
      config: { match: ['when', 'ISO8601'] },
      in: { when: 'yesterday' },
      out: { when: 'yesterday', tags: ['_dateparsefailure'] },
    },
  ],
  create({ match, target, timezone, locale, tag_on_failure: failureTags }, context) {
    const [field, ...patterns] = match
    if (field === undefined) return { process: () => 'unmatched' }
    const path = fieldPath(field)
    const targetPath = fieldPath(target)
    const formats = patterns.map((pattern) => logstashDateFormat(pattern, locale))
    const zoneName = compileTemplate(timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
    const constantZone = zoneName.constant ? timeZone(zoneName.text) : undefined
    return {
      process(event) {
        const value = path.get(event)
        const first = Array.isArray(value) ? value[0] : value
        if (first === undefined || first === null) return 'unmatched'
        const zone = constantZone ?? findTimeZone(zoneName.print(event))
        const instant = zone === undefined ? undefined : readInstant(first, formats, zone, context.clock.now())
        if (instant === undefined) {
          if (failureTags.length > 0) addTag(event, ...failureTags)
          return 'unmatched'
        }
        targetPath.set(event, instant)
        return 'matched'
      },
    }
  },
})

function readInstant(
  value: FieldValue,
  formats: readonly LogstashDateFormat[],
  zone: TimeZone,
  now: number,
): Timestamp | undefined {
  if (value instanceof Timestamp) return value
  const written = fieldText(value)
  for (const format of formats) {
    const millis = format.parse(written, zone, now)
    if (!Number.isNaN(millis)) return new Timestamp(millis)
  }
  return undefined
}
