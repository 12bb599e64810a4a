import type { IncomingMessage } from 'node:http'
import type { Type } from 'protobufjs'
import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { bytes, flag, password, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { httpInput } from './http-input.ts'
import { isLetIn, unauthorized } from './http-requests.ts'
import { otlpEvents } from './otlp-events.ts'
import { OTLP_MESSAGES, OTLP_SCHEMA, type OtlpSignal } from './otlp-schema.ts'
import { serverTlsOptions } from './server-tls.ts'

const PATHS: Readonly<Record<string, OtlpSignal>> = { '/v1/logs': 'logs', '/v1/traces': 'traces', '/v1/metrics': 'metrics' }

export const otlp = defineInput({
  name: 'otlp',
  summary:
    'Takes logs, traces and metrics of OpenTelemetry over HTTP, as protobuf or JSON. The answer comes when they are stored. gRPC is not spoken: exporters have `http/protobuf`.',
  config: z.strictObject({
    host: text().optional().describe('Address to listen on. `network.host` when absent.'),
    port: port().default(4318).describe('Port to listen on. 0 takes a free one.'),
    user: text().optional().describe('User name that exporters must give (basic authentication).'),
    password: password().optional().describe('Their password.'),
    max_content_length: bytes()
      .default(32 * 1024 * 1024)
      .describe('Largest body, after decompression. Above it the answer is 413.'),
    data_stream: flag()
      .default(true)
      .describe(
        'Whether `[data_stream][type]` and `[data_stream][dataset]` are set, so that signals go to data streams of their own.',
      ),
    ...serverTlsOptions,
  }),
  examples: [{ title: 'The usual port', config: { port: 4318 } }],
  defaultCodec: 'plain',
  create(options, { platform }) {
    const types = new Map<OtlpSignal, Type>()

    const decode = (body: Buffer, request: IncomingMessage): readonly Event[] => {
      const signal = signalOf(request)
      const type = signal === undefined ? undefined : types.get(signal)
      if (signal === undefined || type === undefined) return []
      const isJson = (request.headers['content-type'] ?? '').startsWith('application/json')
      const message = isJson
        ? (JSON.parse(body.toString('utf8')) as Record<string, unknown>)
        : type.toObject(type.decode(body), { longs: BigInt })
      const events = otlpEvents(signal, message)
      if (options.data_stream) for (const event of events) event.fields['data_stream'] = streamOf(signal)
      return events
    }
    const requests = {
      decode,
      okStatus: 200,
      okHeaders: {},
      // An empty answer is a whole one in protobuf; in JSON it is an empty object.
      okBody: (request: IncomingMessage) =>
        (request.headers['content-type'] ?? '').startsWith('application/json')
          ? { text: '{}', type: 'application/json' }
          : { text: '', type: 'application/x-protobuf' },
      refuse: (request: IncomingMessage) => {
        if (!isLetIn(request, options)) return unauthorized
        const nothing = 'there is nothing here: /v1/logs, /v1/traces and /v1/metrics take what OpenTelemetry exports'
        return signalOf(request) === undefined ? { status: 404, text: nothing } : undefined
      },
    }
    return httpInput(options, platform.listenHost, requests, async () => {
      const { default: library } = await import('protobufjs')
      const { root } = library.parse(OTLP_SCHEMA, { keepCase: true })
      for (const [signal, name] of Object.entries(OTLP_MESSAGES)) types.set(signal as OtlpSignal, root.lookupType(name))
    })
  },
})

function signalOf({ url = '' }: IncomingMessage): OtlpSignal | undefined {
  return PATHS[url.split('?')[0] ?? '']
}

function streamOf(signal: OtlpSignal): Fields {
  return { type: signal, dataset: 'otlp', namespace: 'default' }
}
