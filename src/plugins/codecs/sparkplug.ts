import type { Type } from 'protobufjs'
import { z } from 'zod'
import type { Event, Fields, FieldValue } from '../../core/event.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { choice } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { binaryToFieldValue } from './binary-values.ts'
import { decodedEvent, failedEvent } from './decoded.ts'

/** The parts of a Sparkplug B payload (Eclipse Sparkplug 3.0, chapter 6) that carry data; other fields are skipped. */
const SCHEMA = `syntax = "proto2"; package sparkplug;
message Payload { optional uint64 timestamp = 1; repeated Metric metrics = 2; optional uint64 seq = 3; optional string uuid = 4; optional bytes body = 5; }
message Metric { optional string name = 1; optional uint64 alias = 2; optional uint64 timestamp = 3; optional uint32 datatype = 4;
  optional bool is_historical = 5; optional bool is_transient = 6; optional bool is_null = 7;
  optional uint32 int_value = 10; optional uint64 long_value = 11; optional float float_value = 12; optional double double_value = 13;
  optional bool boolean_value = 14; optional string string_value = 15; optional bytes bytes_value = 16; }`

/** How many bits the signed types have: values travel as unsigned numbers. */
const SIGNED_BITS: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 }
const DATE_TIME = 13

interface Metric {
  readonly name?: string
  readonly alias?: bigint
  readonly timestamp?: bigint
  readonly datatype?: number
  readonly is_null?: boolean
  readonly [value: string]: unknown
}

interface Payload {
  readonly timestamp?: bigint
  readonly seq?: bigint
  readonly metrics?: readonly Metric[]
}

export const sparkplug = defineCodec({
  name: 'sparkplug',
  summary:
    'Sparkplug B payloads of MQTT, read: an event for each metric, or one for all. Aliases are named by the births before.',
  config: z.strictObject({
    events: choice('metric', 'payload').default('metric').describe('An event for each metric, or one with all of them.'),
  }),
  examples: [
    {
      title: 'A metric',
      config: {},
      in: { hex: '088082e39cf331120d0a0474656d702009650000b4411801' },
      out: [{ sparkplug: { name: 'temp', datatype: 9, seq: 1 }, value: 22.5, '@timestamp': '2024-05-01T10:00:00.000Z' }],
    },
    { title: 'Broken', config: {}, in: { hex: '12ff' }, out: [{ message: '\u0012�', tags: ['_sparkplugparsefailure'] }] },
  ],
  create({ events: kind }) {
    let type: Type | undefined
    const names = new Map<bigint, string>()
    const nameOf = ({ name, alias }: Metric): string => {
      if (alias !== undefined && name !== undefined && name !== '') names.set(alias, name)
      return name ?? (alias === undefined ? '' : (names.get(alias) ?? `alias ${alias}`))
    }
    const eventsOf = ({ timestamp, seq, metrics = [] }: Payload, sizeBytes: number): Event[] => {
      const at = (own: bigint | undefined): Fields => {
        const instant = own ?? timestamp
        return instant === undefined ? {} : { '@timestamp': new Timestamp(Number(instant)) }
      }
      const common: Fields = seq === undefined ? {} : { seq: Number(seq) }
      if (kind === 'payload') {
        const values: Fields = Object.fromEntries(metrics.map((metric) => [nameOf(metric), valueOf(metric)]))
        return [decodedEvent({ sparkplug: common, metrics: values, ...at(undefined) }, sizeBytes)]
      }
      const share = Math.ceil(sizeBytes / Math.max(1, metrics.length))
      return metrics.map((metric) =>
        decodedEvent(
          {
            sparkplug: { name: nameOf(metric), ...(metric.datatype !== undefined && { datatype: metric.datatype }), ...common },
            value: valueOf(metric),
            ...at(metric.timestamp),
          },
          share,
        ),
      )
    }
    return {
      async open() {
        const { default: library } = await import('protobufjs')
        type = library.parse(SCHEMA, { keepCase: true }).root.lookupType('sparkplug.Payload')
      },
      decoder: () => ({
        decode(bytes) {
          if (bytes.length === 0 || type === undefined) return []
          try {
            return eventsOf(type.toObject(type.decode(bytes), { longs: BigInt }) as Payload, bytes.length)
          } catch {
            return [failedEvent(Buffer.from(bytes).toString('utf8'), bytes.length, '_sparkplugparsefailure')]
          }
        },
        end: () => [],
      }),
      encode() {
        throw new Error('the sparkplug codec reads only: use it with inputs')
      },
    }
  },
})

const VALUES = ['int_value', 'long_value', 'float_value', 'double_value', 'boolean_value', 'string_value', 'bytes_value'] as const

function valueOf(metric: Metric): FieldValue {
  if (metric.is_null === true) return null
  const name = VALUES.find((one) => metric[one] !== undefined)
  const raw = name === undefined ? null : metric[name]
  const bits = SIGNED_BITS[metric.datatype ?? 0]
  if (typeof raw === 'number' && bits !== undefined) return Number(BigInt.asIntN(bits, BigInt(raw)))
  if (typeof raw === 'bigint') {
    if (metric.datatype === DATE_TIME) return new Timestamp(Number(raw))
    const whole = bits === undefined ? raw : BigInt.asIntN(bits, raw)
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole
  }
  return binaryToFieldValue(raw)
}
