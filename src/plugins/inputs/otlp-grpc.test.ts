import { connect, type ClientHttp2Session } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { Metadata } from '@grpc/grpc-js'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { LoggerProvider, SimpleLogRecordProcessor, type LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import protobuf from 'protobufjs'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { printMessage } from '../../protocols/grpc/messages.ts'
import { startInput, stopInputs } from '../test-input.ts'
import { OTLP_SCHEMA } from './otlp-schema.ts'

const sessions: ClientHttp2Session[] = []
// The library of the exporters would ask a proxy of the environment for this machine, too.
beforeAll(() => vi.stubEnv('no_grpc_proxy', '127.0.0.1'))
afterAll(() => vi.unstubAllEnvs())
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await stopInputs()
})

const start = (config: Record<string, unknown> = {}) => startInput('otlp', { protocol: 'grpc', ...config })

const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const METRICS = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'

interface Answer {
  readonly httpStatus: unknown
  readonly status: number | undefined
  readonly message: string
  readonly body: Buffer
}

/** A call by hand: what exporters never do. */
async function call(port: number, path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const session = connect(`http://127.0.0.1:${port}`)
  sessions.push(session)
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  let head: Record<string, unknown> = {}
  stream.on('response', (given) => (head = { ...head, ...given }))
  stream.on('trailers', (given) => (head = { ...head, ...given }))
  stream.on('error', () => undefined) // the server may stop reading before everything is sent
  stream.end(body)
  const parts: Buffer[] = []
  stream.on('data', (part: Buffer) => parts.push(part))
  await new Promise((resolve) => stream.once('close', resolve))
  const status = head['grpc-status']
  return {
    httpStatus: head[':status'],
    status: typeof status === 'string' ? Number(status) : undefined,
    message: decodeURIComponent(typeof head['grpc-message'] === 'string' ? head['grpc-message'] : ''),
    body: Buffer.concat(parts),
  }
}

const { root } = protobuf.parse(OTLP_SCHEMA, { keepCase: true })
const encode = (name: string, value: object): Buffer => {
  const type = root.lookupType(name)
  return Buffer.from(type.encode(type.fromObject(value)).finish())
}
const oneLog = encode('otlp.Logs', {
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'boom' } }] }] }],
})

test.each(['none', 'gzip'])('exporters of OpenTelemetry: logs, spans and metrics, compression %s', async (compression) => {
  const { port, fields } = await start({ user: 'fleet', password: 's3cret' })
  const metadata = new Metadata()
  metadata.set('authorization', `Basic ${Buffer.from('fleet:s3cret').toString('base64')}`)
  // The enumeration of the exporters is not part of what they export.
  const options = { url: `http://127.0.0.1:${port}`, metadata, compression: compression as never, timeoutMillis: 60_000 }

  const logs = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter(options) })] })
  logs.getLogger('app', '1').emit({ body: 'the door is open', severityText: 'WARN', attributes: { door: 3, 'a.b': ['x'] } })
  await logs.shutdown()
  const traces = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter(options))] })
  traces.getTracer('app').startSpan('open').end()
  await traces.shutdown()
  const exporter = new OTLPMetricExporter(options)
  const metrics = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  metrics.getMeter('app').createCounter('doors', { unit: '1' }).add(2, { line: 'a' })
  metrics.getMeter('app').createHistogram('wait').record(7)
  await metrics.shutdown()

  expect(fields()).toMatchObject([
    {
      message: 'the door is open',
      log: { level: 'warn' },
      scope: { name: 'app', version: '1' },
      attributes: { door: 3, 'a.b': ['x'] },
      data_stream: { type: 'logs', dataset: 'otlp' },
    },
    { name: 'open', kind: 'internal', status: { code: 'unset' }, data_stream: { type: 'traces' } },
    {
      metric: { name: 'doors', type: 'sum', unit: '1', monotonic: true, value: 2 },
      attributes: { line: 'a' },
      data_stream: { type: 'metrics' },
    },
    { metric: { name: 'wait', type: 'histogram', count: 1, sum: 7, min: 7, max: 7 } },
  ])
})

test('an exporter hears whether its events are stored', async () => {
  const { port, outcome, fields } = await startInput('otlp', { protocol: 'grpc' })
  const exporter = new OTLPLogExporter({ url: `http://127.0.0.1:${port}`, timeoutMillis: 60_000 })
  const told: unknown[] = []
  const processor: LogRecordProcessor = {
    onEmit: (record) => exporter.export([record], ({ error }) => told.push(error?.message ?? 'stored')),
    forceFlush: () => Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
  const logs = new LoggerProvider({ processors: [processor] })
  outcome.error = new Error('the store is away')
  logs.getLogger('app').emit({ body: 'first' })
  await expect.poll(() => told).toEqual(['14 UNAVAILABLE: the events could not be stored: send them again'])
  outcome.error = undefined
  logs.getLogger('app').emit({ body: 'second' })
  await expect.poll(() => told.slice(1)).toEqual(['stored'])
  await logs.shutdown()
  expect(fields()).toMatchObject([{ message: 'first' }, { message: 'second' }])
})

test('what could not be read of a message is told, and the rest is kept', async () => {
  const { port, fields } = await start()
  const body = encode('otlp.Metrics', {
    resourceMetrics: [
      { scopeMetrics: [{ metrics: [{ name: 'odd' }, { name: 't', gauge: { dataPoints: [{ asDouble: 20 }] } }] }] },
    ],
  })
  const answer = await call(port, METRICS, printMessage(body))
  expect(answer).toMatchObject({ httpStatus: 200, status: 0 })
  expect(root.lookupType('otlp.Answer').decode(answer.body.subarray(5)).toJSON()).toEqual({
    partialSuccess: {
      rejected: '1',
      errorMessage: 'metric [odd] has no data of a known kind (gauge, sum, histogram, exponentialHistogram, summary)',
    },
  })
  expect(fields()).toMatchObject([{ metric: { name: 't' } }])
})

test('a whole message is answered by an empty one', async () => {
  const { port } = await start()
  expect((await call(port, LOGS, printMessage(oneLog))).body.toString('hex')).toBe('0000000000')
})

const compressed = (bytes: Buffer): Buffer => {
  const message = printMessage(bytes)
  message[0] = 1
  return message
}

test.each<{ name: string; path?: string; body: Buffer; headers?: Record<string, string>; status: number; message: string }>([
  { name: 'no such method', path: '/x.Y/Z', body: Buffer.alloc(5), status: 12, message: 'there is no method [/x.Y/Z]' },
  { name: 'not a message', body: printMessage(Buffer.from('ffff', 'hex')), status: 3, message: 'cannot be read' },
  { name: 'half a message', body: printMessage(oneLog).subarray(0, 9), status: 13, message: 'not whole' },
  { name: 'two messages', body: Buffer.concat([printMessage(oneLog), printMessage(oneLog)]), status: 12, message: 'one message' },
  { name: 'a length of 4 GB', body: Buffer.from('00ffffffff', 'hex'), status: 8, message: '65536 are allowed' },
  { name: 'a large message', body: printMessage(Buffer.alloc(70_000)), status: 8, message: '65536 are allowed' },
  {
    name: 'a bomb',
    body: compressed(gzipSync(Buffer.alloc(50_000_000))),
    headers: { 'grpc-encoding': 'gzip' },
    status: 8,
    message: 'once decompressed',
  },
  {
    name: 'broken compression',
    body: compressed(Buffer.from('no')),
    headers: { 'grpc-encoding': 'gzip' },
    status: 3,
    message: 'not gzip',
  },
  {
    name: 'an unknown compression',
    body: compressed(oneLog),
    headers: { 'grpc-encoding': 'snappy' },
    status: 12,
    message: 'identity,gzip,deflate are',
  },
])('$name is refused', async ({ path = LOGS, body, headers, status, message }) => {
  const { port, fields } = await start({ max_content_length: 65536 })
  const answer = await call(port, path, body, headers)
  expect(answer).toMatchObject({ httpStatus: 200, status, message: expect.stringContaining(message) })
  expect(fields()).toEqual([])
  // The port still serves.
  expect(await call(port, LOGS, printMessage(oneLog))).toMatchObject({ status: 0 })
})

test('who gives no password, or is no gRPC client, is told so', async () => {
  const { port } = await start({ user: 'fleet', password: 's3cret' })
  expect(await call(port, LOGS, printMessage(oneLog))).toMatchObject({ status: 16 })
  expect(await call(port, LOGS, printMessage(oneLog), { 'content-type': 'text/plain' })).toMatchObject({ httpStatus: 415 })
})

test('messages that come in together have a bound', async () => {
  const { port } = await start({ max_content_length: 65536 })
  const session = connect(`http://127.0.0.1:${port}`)
  sessions.push(session)
  const statuses: unknown[] = []
  const unfinished = Array.from({ length: 8 }, () => {
    const stream = session.request({ ':method': 'POST', ':path': LOGS, 'content-type': 'application/grpc', te: 'trailers' })
    stream.on('response', (head) => statuses.push(head['grpc-status']))
    stream.on('error', () => undefined)
    stream.write(printMessage(Buffer.alloc(65536)).subarray(0, 60_000))
    return stream
  })
  await expect.poll(() => statuses).toContain('14')
  for (const stream of unfinished) stream.destroy()
  await expect.poll(async () => (await call(port, LOGS, printMessage(oneLog))).status).toBe(0)
})
