import type { Event, Fields, FieldValue } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { decodedEvent } from '../codecs/decoded.ts'
import type { OtlpSignal } from './otlp-schema.ts'

/** An object as JSON or the decoder gives it. Nothing about it is certain: the sender wrote it. */
type Loose = Readonly<Record<string, unknown>>

const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const STATUS_CODES = ['unset', 'ok', 'error']
const NANOS_PER_MILLI = 1_000_000n

export interface OtlpEvents {
  readonly events: readonly Event[]
  /** Records that nothing can be made of, each with the reason. */
  readonly rejected: readonly string[]
}

/** Events of a request: one for each log record, span or data point, with its resource and scope. */
export function otlpEvents(signal: OtlpSignal, request: Loose): OtlpEvents {
  const rejected: string[] = []
  const read = { logs: readLog, traces: readSpan, metrics: (metric: Loose) => readMetric(metric, rejected) }[signal]
  const [resources, scopes, records] = LISTS[signal]
  const events = objects(request[resources]).flatMap((one) => {
    const resource = attributesOf(loose(one['resource'])['attributes'])
    return objects(one[scopes]).flatMap((part) => {
      const { name, version } = loose(part['scope'])
      const common: Fields = {
        resource: { attributes: resource },
        ...(text(name) !== '' && { scope: { name: text(name), ...(text(version) !== '' && { version: text(version) }) } }),
        ...serviceOf(resource),
      }
      return objects(part[records])
        .flatMap((record) => read(record))
        .map((fields) => decodedEvent({ ...structuredClone(common), ...fields }, 256))
    })
  })
  return { events, rejected }
}

const LISTS = {
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
} as const

/** Names of the Elastic Common Schema for what every resource says of itself. */
function serviceOf(resource: Fields): Fields {
  const name = resource['service.name']
  const host = resource['host.name']
  return {
    ...(typeof name === 'string' && { service: { name } }),
    ...(typeof host === 'string' && { host: { name: host } }),
  }
}

function readLog(record: Loose): Fields[] {
  const body = anyValue(record['body'])
  return [
    {
      ...timeOf(record['timeUnixNano'], record['observedTimeUnixNano']),
      ...(typeof body === 'string' ? { message: body } : body !== null && { body }),
      ...(text(record['severityText']) !== '' && { log: { level: text(record['severityText']).toLowerCase() } }),
      ...(Number(record['severityNumber'] ?? 0) > 0 && { severity_number: Number(record['severityNumber']) }),
      ...idsOf(record),
      attributes: attributesOf(record['attributes']),
    },
  ]
}

function readSpan(span: Loose): Fields[] {
  const start = nanosOf(span['startTimeUnixNano'])
  const end = nanosOf(span['endTimeUnixNano'])
  const { code, message } = loose(span['status'])
  return [
    {
      ...timeOf(span['startTimeUnixNano']),
      ...idsOf(span),
      ...(id(span['parentSpanId']) !== '' && { parent: { id: id(span['parentSpanId']) } }),
      name: text(span['name']),
      kind: SPAN_KINDS[Number(span['kind'] ?? 0)] ?? 'unspecified',
      ...(start !== undefined && end !== undefined && end >= start && { duration_ns: Number(end - start) }),
      status: { code: STATUS_CODES[Number(code ?? 0)] ?? 'unset', ...(text(message) !== '' && { message: text(message) }) },
      attributes: attributesOf(span['attributes']),
      ...(objects(span['events']).length > 0 && {
        events: objects(span['events']).map((event) => ({
          name: text(event['name']),
          ...timeOf(event['timeUnixNano']),
          attributes: attributesOf(event['attributes']),
        })),
      }),
      ...(objects(span['links']).length > 0 && {
        links: objects(span['links']).map((link) => ({ trace_id: id(link['traceId']), span_id: id(link['spanId']) })),
      }),
    },
  ]
}

const METRIC_KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const

function readMetric(metric: Loose, rejected: string[]): Fields[] {
  const kind = METRIC_KINDS.find((one) => metric[one] !== undefined && metric[one] !== null)
  if (kind === undefined) {
    rejected.push(`metric [${text(metric['name'])}] has no data of a known kind (${METRIC_KINDS.join(', ')})`)
    return []
  }
  const data = loose(metric[kind])
  return objects(data['dataPoints']).map((point) => ({
    ...timeOf(point['timeUnixNano']),
    metric: {
      name: text(metric['name']),
      type: kind,
      ...(text(metric['unit']) !== '' && { unit: text(metric['unit']) }),
      ...(data['isMonotonic'] === true && { monotonic: true }),
      ...pointValue(point),
    },
    attributes: attributesOf(point['attributes']),
  }))
}

function pointValue(point: Loose): Fields {
  if (point['asInt'] !== undefined) return { value: whole(point['asInt']) }
  if (point['asDouble'] !== undefined) return { value: decimal(point['asDouble']) }
  return {
    ...(point['count'] !== undefined && { count: whole(point['count']) }),
    ...(point['sum'] !== undefined && { sum: decimal(point['sum']) }),
    ...(isGiven(point['min']) && { min: decimal(point['min']) }),
    ...(isGiven(point['max']) && { max: decimal(point['max']) }),
    ...(isGiven(point['scale']) && { scale: whole(point['scale']) }),
    ...(isGiven(point['zeroCount']) && { zero_count: whole(point['zeroCount']) }),
    ...bucketsOf('positive', point['positive']),
    ...bucketsOf('negative', point['negative']),
    ...(Array.isArray(point['bucketCounts']) && point['bucketCounts'].length > 0 && { counts: point['bucketCounts'].map(whole) }),
    ...(Array.isArray(point['explicitBounds']) &&
      point['explicitBounds'].length > 0 && { bounds: point['explicitBounds'].map(decimal) }),
    ...(objects(point['quantileValues']).length > 0 && {
      quantiles: objects(point['quantileValues']).map(({ quantile, value }) => ({
        quantile: decimal(quantile),
        value: decimal(value),
      })),
    }),
  }
}

/** Buckets of an exponential histogram: the first one is number `offset`. */
function bucketsOf(name: string, value: unknown): Fields {
  const { offset, bucketCounts } = loose(value)
  if (!Array.isArray(bucketCounts) || bucketCounts.length === 0) return {}
  return { [name]: { offset: whole(offset ?? 0), counts: bucketCounts.map(whole) } }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function idsOf(record: Loose): Fields {
  const trace = id(record['traceId'])
  const span = id(record['spanId'])
  return { ...(trace !== '' && { trace: { id: trace } }), ...(span !== '' && { span: { id: span } }) }
}

/** JSON has hexadecimal digits, the binary form bytes. */
function id(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : typeof value === 'string' ? value.toLowerCase() : ''
}

function timeOf(...candidates: readonly unknown[]): Fields {
  for (const candidate of candidates) {
    const nanos = nanosOf(candidate)
    if (nanos !== undefined && nanos > 0n)
      return { '@timestamp': new Timestamp(Number(nanos / NANOS_PER_MILLI), Number(nanos % NANOS_PER_MILLI)) }
  }
  return {}
}

/** 64 bits are text in JSON. */
function nanosOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

/** Attributes keep their dotted names. */
function attributesOf(list: unknown): Fields {
  const fields: Fields = {}
  for (const { key, value } of objects(list)) {
    if (typeof key === 'string')
      Object.defineProperty(fields, key, { value: anyValue(value), enumerable: true, configurable: true, writable: true })
  }
  return fields
}

function anyValue(raw: unknown): FieldValue {
  const value = loose(raw)
  if (typeof value['stringValue'] === 'string') return value['stringValue']
  if (typeof value['boolValue'] === 'boolean') return value['boolValue']
  if (value['intValue'] !== undefined) return whole(value['intValue'])
  if (value['doubleValue'] !== undefined) return decimal(value['doubleValue'])
  if (value['arrayValue'] !== undefined) return objects(loose(value['arrayValue'])['values']).map(anyValue)
  if (value['kvlistValue'] !== undefined) return attributesOf(loose(value['kvlistValue'])['values'])
  const bytes = value['bytesValue']
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('base64')
  return typeof bytes === 'string' ? bytes : null
}

function whole(value: unknown): FieldValue {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  return typeof value === 'bigint' || (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) ? BigInt(value) : null
}

function decimal(value: unknown): FieldValue {
  const number = Number(value)
  return Number.isFinite(number) ? float(number) : String(value)
}

function objects(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(loose) : []
}

function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
