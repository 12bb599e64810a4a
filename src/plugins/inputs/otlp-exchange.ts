import type { Event } from '../../core/event.ts'
import { otlpEvents } from './otlp-events.ts'
import { OTLP_MESSAGES, OTLP_SCHEMA, type OtlpSignal } from './otlp-schema.ts'

export type OtlpFormat = 'protobuf' | 'json'

export interface OtlpExchange {
  readonly events: readonly Event[]
  /** What is said once they are kept: nothing, or how many records of the request were left out, and why. */
  readonly answer: Buffer
}

/** Reads a request. @throws Error where it is broken */
export type OtlpReader = (signal: OtlpSignal, format: OtlpFormat, body: Buffer) => OtlpExchange

const REJECTED_NAMES = { logs: 'rejectedLogRecords', traces: 'rejectedSpans', metrics: 'rejectedDataPoints' } as const
/** Reasons that are told; all are counted. */
const MAX_REASONS = 5

/** Compiles OpenTelemetry's messages. With `setStreams` events say which data stream their signal has. */
export async function loadOtlpReader(setStreams: boolean): Promise<OtlpReader> {
  const { default: library } = await import('protobufjs')
  const { root } = library.parse(OTLP_SCHEMA, { keepCase: true })
  const answers = root.lookupType('otlp.Answer')
  const requests = {
    logs: root.lookupType(OTLP_MESSAGES.logs),
    traces: root.lookupType(OTLP_MESSAGES.traces),
    metrics: root.lookupType(OTLP_MESSAGES.metrics),
  }
  return (signal, format, body) => {
    const type = requests[signal]
    const request =
      format === 'json'
        ? (JSON.parse(body.toString('utf8')) as Record<string, unknown>)
        : type.toObject(type.decode(body), { longs: BigInt })
    const { events, rejected } = otlpEvents(signal, request)
    if (setStreams)
      for (const event of events) event.fields['data_stream'] = { type: signal, dataset: 'otlp', namespace: 'default' }
    const errorMessage = rejected.slice(0, MAX_REASONS).join('; ')
    // An exporter must not see a partial success where there is none.
    if (format === 'json') {
      const partialSuccess = { [REJECTED_NAMES[signal]]: String(rejected.length), errorMessage }
      return { events, answer: Buffer.from(JSON.stringify(rejected.length === 0 ? {} : { partialSuccess })) }
    }
    const partialSuccess = { rejected: rejected.length, errorMessage }
    return { events, answer: Buffer.from(answers.encode(rejected.length === 0 ? {} : { partialSuccess }).finish()) }
  }
}
