import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { reasonOf } from '../../core/reason.ts'
import { GRPC_STATUS, GrpcError } from '../../protocols/grpc/messages.ts'
import type { Platform } from '../context.ts'
import { bytes, choice, flag, password, port, text } from '../options.ts'
import { defineInput, type Input } from '../plugin.ts'
import { createGrpcReceiver } from './grpc-calls.ts'
import { httpInput } from './http-input.ts'
import { isLetIn, unauthorized } from './http-requests.ts'
import { listeningInput } from './listening-input.ts'
import { loadOtlpReader, type OtlpFormat, type OtlpReader } from './otlp-exchange.ts'
import type { OtlpSignal } from './otlp-schema.ts'
import { serverTlsOptions } from './server-tls.ts'

/** Ports that exporters assume. */
const PORTS = { http: 4318, grpc: 4317 } as const

const PATHS: Readonly<Record<string, OtlpSignal>> = { '/v1/logs': 'logs', '/v1/traces': 'traces', '/v1/metrics': 'metrics' }

const METHODS: Readonly<Record<string, OtlpSignal>> = {
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
}

const config = z.strictObject({
  protocol: choice('http', 'grpc')
    .default('http')
    .describe(
      'How exporters speak: `http` (`http/protobuf` and `http/json`) or `grpc`. Each has a port, so an input, of its own.',
    ),
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().optional().describe('Port to listen on: 4318 with `http`, 4317 with `grpc` when absent. 0 takes a free one.'),
  user: text().optional().describe('User name that exporters must give (basic authentication).'),
  password: password().optional().describe('Their password.'),
  max_content_length: bytes()
    .default(32 * 1024 * 1024)
    .describe('Largest body or message, after decompression. Above it the answer is 413, or `RESOURCE_EXHAUSTED`.'),
  data_stream: flag()
    .default(true)
    .describe(
      'Whether `[data_stream][type]` and `[data_stream][dataset]` are set, so that signals go to data streams of their own.',
    ),
  ...serverTlsOptions,
})

export const otlp = defineInput({
  name: 'otlp',
  summary:
    'Takes logs, traces and metrics of OpenTelemetry over HTTP, as protobuf or JSON, or over gRPC. The answer comes when they are stored, and says what could not be read.',
  config,
  examples: [
    { title: 'The usual port of HTTP', config: { port: 4318 } },
    { title: 'gRPC, on its usual port', config: { protocol: 'grpc' } },
  ],
  defaultCodec: 'plain',
  create(options, { platform }) {
    const listening = { ...options, port: options.port ?? PORTS[options.protocol] }
    return options.protocol === 'grpc' ? grpcInput(listening, platform) : overHttp(listening, platform)
  },
})

type Options = z.output<typeof config> & { readonly port: number }

function grpcInput(options: Options, platform: Platform): Input {
  return listeningInput(options, platform.listenHost, async (sink, tls) => {
    const read = await loadOtlpReader(options.data_stream)
    const calls = {
      maxMessageBytes: options.max_content_length,
      isLetIn: (headers: IncomingMessage['headers']) => isLetIn({ headers }, options),
      method: (path: string) => {
        const signal = METHODS[path]
        return signal === undefined ? undefined : (message: Buffer) => readMessage(read, signal, message)
      },
      sink,
    }
    return createGrpcReceiver(calls, tls)
  })
}

/** A message that cannot be read now cannot be read later: the exporter must not send it again. */
function readMessage(read: OtlpReader, signal: OtlpSignal, message: Buffer): ReturnType<OtlpReader> {
  try {
    return read(signal, 'protobuf', message)
  } catch (error) {
    const reason = reasonOf(error)
    throw new GrpcError(GRPC_STATUS.invalidArgument, `the message cannot be read: ${reason}`)
  }
}

function overHttp(options: Options, platform: Platform): Input {
  let read: OtlpReader | undefined
  const answers = new WeakMap<IncomingMessage, Buffer>()
  const requests = {
    decode: (body: Buffer, request: IncomingMessage) => {
      const signal = signalOf(request)
      if (signal === undefined || read === undefined) return []
      const { events, answer } = read(signal, formatOf(request), body)
      answers.set(request, answer)
      return events
    },
    okStatus: 200,
    okHeaders: {},
    okBody: (request: IncomingMessage) => ({
      body: answers.get(request) ?? (formatOf(request) === 'json' ? '{}' : ''),
      type: `application/${formatOf(request) === 'json' ? 'json' : 'x-protobuf'}`,
    }),
    refuse: (request: IncomingMessage) => {
      if (!isLetIn(request, options)) return unauthorized
      const nothing = 'there is nothing here: /v1/logs, /v1/traces and /v1/metrics take what OpenTelemetry exports'
      return signalOf(request) === undefined ? { status: 404, text: nothing } : undefined
    },
  }
  return httpInput(options, platform.listenHost, requests, async () => {
    read = await loadOtlpReader(options.data_stream)
  })
}

function formatOf({ headers }: IncomingMessage): OtlpFormat {
  return (headers['content-type'] ?? '').startsWith('application/json') ? 'json' : 'protobuf'
}

function signalOf({ url = '' }: IncomingMessage): OtlpSignal | undefined {
  return PATHS[url.split('?')[0] ?? '']
}
