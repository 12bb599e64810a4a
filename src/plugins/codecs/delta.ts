import { z } from 'zod'
import { isFields, type Event, type Fields, type FieldValue } from '../../core/event.ts'
import { fieldText, parseEventJson, printFields } from '../../core/event-json.ts'
import { float, Float } from '../../core/float.ts'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { integer, number, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent, failedEvent } from './decoded.ts'

/** A text of JSON may ask for this many events at most. */
const MAX_EVENTS = 100_000

export const delta = defineCodec({
  name: 'delta',
  summary:
    'Arrays of sensor values in JSON where each number is the difference from the one before: an event for each. Devices save bytes with it.',
  config: z.strictObject({
    values: text().default('deltas').describe('Name of the array: a first value and differences, or an object of such arrays.'),
    base: text().default('base').describe('Name of the value that the first difference counts from; 0 when it is not there.'),
    start: text().default('start').describe('Name of the time of the first value: ISO 8601, seconds or milliseconds.'),
    interval: text().default('interval_ms').describe('Name of the milliseconds between values.'),
    default_interval_ms: number({ min: 0 }).default(1000).describe('Milliseconds between values where none are said.'),
    scale: number().default(1).describe('What every value is multiplied by: devices send whole numbers of 0.1 or 0.01.'),
    decimals: integer({ min: 0, max: 15 }).default(6).describe('Digits behind the point that are kept.'),
    target: text().default('value').describe('Field that gets the value.'),
  }),
  examples: [
    {
      title: 'A tenth of a degree each',
      config: { scale: 0.1 },
      in: '{"device":"d1","base":200,"start":"2024-05-01T10:00:00Z","interval_ms":500,"deltas":[5,-2,0]}',
      out: [
        { device: 'd1', value: 20.5, '@timestamp': '2024-05-01T10:00:00.000Z' },
        { device: 'd1', value: 20.3, '@timestamp': '2024-05-01T10:00:00.500Z' },
        { device: 'd1', value: 20.3, '@timestamp': '2024-05-01T10:00:01.000Z' },
      ],
    },
    {
      title: 'Several values together',
      config: {},
      in: '{"deltas":{"t":[1,1],"p":[5]},"base":{"t":10}}',
      out: [{ value: { t: 11, p: 5 } }, { value: { t: 12 } }],
    },
    { title: 'No array', config: {}, in: '{"a":1}', out: [{ a: 1, tags: ['_deltaparsefailure'] }] },
  ],
  create(options) {
    const scaled = (sum: number): FieldValue => {
      const value = Number((sum * options.scale).toFixed(options.decimals))
      return options.scale === 1 && Number.isInteger(value) ? value : float(value)
    }
    const expand = (fields: Fields, sizeBytes: number): Event[] => {
      const {
        [options.values]: deltas,
        [options.base]: base,
        [options.start]: start,
        [options.interval]: interval,
        ...rest
      } = fields
      const series = seriesOf(deltas, base)
      if (series === undefined) {
        fields['tags'] = ['_deltaparsefailure']
        return [decodedEvent(fields, sizeBytes)]
      }
      const count = Math.max(0, ...series.values.map(({ sums }) => sums.length))
      const from = instantOf(start)
      const step = numberOf(interval) ?? options.default_interval_ms
      return Array.from({ length: count }, (_, place) => {
        const present = series.values.filter(({ sums }) => place < sums.length)
        const value: FieldValue = series.named
          ? Object.fromEntries(present.map(({ name, sums }) => [name, scaled(sums[place] ?? 0)]))
          : scaled(present[0]?.sums[place] ?? 0)
        return decodedEvent(
          {
            ...rest,
            [options.target]: value,
            ...(from !== undefined && { '@timestamp': new Timestamp(Math.round(from + place * step)) }),
          },
          Math.ceil(sizeBytes / count),
        )
      })
    }
    return {
      decoder: () => ({
        decode(bytes) {
          const written = Buffer.from(bytes).toString('utf8')
          if (written.trim() === '') return []
          try {
            const read = parseEventJson(written)
            if (isFields(read)) return expand(read, bytes.length)
          } catch {
            // Told below.
          }
          return [failedEvent(written, bytes.length, '_deltaparsefailure')]
        },
        end: () => [],
      }),
      encode: (event) => printFields(event.fields),
    }
  },
})

interface Series {
  /** Whether each has a name of its own. */
  readonly named: boolean
  readonly values: readonly { readonly name: string; readonly sums: readonly number[] }[]
}

/** The sums of the differences; `undefined` where there is anything but numbers. */
function seriesOf(deltas: FieldValue | undefined, base: FieldValue | undefined): Series | undefined {
  if (Array.isArray(deltas)) {
    const sums = sumsOf(deltas, numberOf(base) ?? 0)
    return sums === undefined ? undefined : { named: false, values: [{ name: '', sums }] }
  }
  if (!isFields(deltas)) return undefined
  const values: { name: string; sums: readonly number[] }[] = []
  for (const [name, list] of Object.entries(deltas)) {
    const first = isFields(base) ? base[name] : base
    const sums = Array.isArray(list) ? sumsOf(list, numberOf(first) ?? 0) : undefined
    if (sums === undefined) return undefined
    values.push({ name, sums })
  }
  return { named: true, values }
}

function sumsOf(deltas: readonly FieldValue[], base: number): readonly number[] | undefined {
  if (deltas.length > MAX_EVENTS) return undefined
  let sum = base
  const sums: number[] = []
  for (const one of deltas) {
    const step = numberOf(one)
    if (step === undefined) return undefined
    sum += step
    sums.push(sum)
  }
  return sums
}

function numberOf(value: FieldValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  return value instanceof Float ? value.value : undefined
}

/** Seconds where the number is small enough, as devices send either. */
function instantOf(value: FieldValue | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  const given = numberOf(value)
  if (given !== undefined) return given < 100_000_000_000 ? given * 1000 : given
  const millis = parseIsoInstant(fieldText(value))
  return Number.isNaN(millis) ? undefined : millis
}
