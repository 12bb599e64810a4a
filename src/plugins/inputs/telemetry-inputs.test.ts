import { gzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import { compress } from 'snappyjs'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../test-input.ts'
import { OTLP_SCHEMA } from './otlp-schema.ts'

afterEach(stopInputs)

async function start(name: string, options: Record<string, unknown>) {
  const started = await startInput(name, options)
  return {
    ...started,
    post: (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${started.port}${path}`, { method: 'POST', body, headers }),
  }
}

const NANOS = '1714557600123456789'
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const resource = { attributes: [text('service.name', 'checkout'), text('host.name', 'web-1')] }

const logs = {
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        {
          scope: { name: 'app', version: '1' },
          logRecords: [
            {
              timeUnixNano: NANOS,
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'boom' },
              attributes: [
                { key: 'n', value: { intValue: '9007199254740993' } },
                { key: 'ok', value: { boolValue: true } },
              ],
            },
          ],
        },
      ],
    },
  ],
}

const wantedLog = {
  '@timestamp': '2024-05-01T10:00:00.123456789Z',
  message: 'boom',
  log: { level: 'error' },
  severity_number: 17,
  service: { name: 'checkout' },
  host: { name: 'web-1' },
  scope: { name: 'app', version: '1' },
  resource: { attributes: { 'service.name': 'checkout', 'host.name': 'web-1' } },
  attributes: { ok: true },
  data_stream: { type: 'logs', dataset: 'otlp', namespace: 'default' },
}

const { root } = protobuf.parse(OTLP_SCHEMA, { keepCase: true })
const encode = (name: string, value: object): Uint8Array<ArrayBuffer> => {
  const type = root.lookupType(name)
  return new Uint8Array(type.encode(type.fromObject(value)).finish())
}

test('OTLP logs as JSON and as protobuf are the same events', async () => {
  const { fields, post } = await start('otlp', {})
  const json = await post('/v1/logs', JSON.stringify(logs), { 'content-type': 'application/json' })
  expect([json.status, await json.text()]).toEqual([200, '{}'])
  const binary = await post('/v1/logs', new Uint8Array(gzipSync(encode('otlp.Logs', logs))), {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'gzip',
  })
  expect([binary.status, binary.headers.get('content-type'), await binary.text()]).toEqual([200, 'application/x-protobuf', ''])
  expect(fields()).toMatchObject([wantedLog, wantedLog])
})

test('OTLP spans and metrics', async () => {
  const { fields, post } = await start('otlp', { data_stream: false })
  const traces = {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            spans: [
              {
                traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'),
                spanId: Buffer.from('b7ad6b7169203331', 'hex'),
                name: 'GET /',
                kind: 2,
                startTimeUnixNano: NANOS,
                endTimeUnixNano: '1714557600123456999',
                status: { code: 2, message: 'no' },
              },
            ],
          },
        ],
      },
    ],
  }
  const point = { timeUnixNano: NANOS, attributes: [text('line', '3')] }
  const metrics = {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: 'temp', unit: 'Cel', gauge: { dataPoints: [{ ...point, asDouble: 20 }] } },
              { name: 'parts', sum: { isMonotonic: true, dataPoints: [{ ...point, asInt: '-5' }] } },
              {
                name: 'wait',
                histogram: {
                  dataPoints: [{ ...point, count: '3', sum: 4.5, min: 0, max: 2, bucketCounts: ['1', '2'], explicitBounds: [1] }],
                },
              },
              {
                name: 'size',
                exponentialHistogram: {
                  dataPoints: [
                    {
                      ...point,
                      count: '4',
                      sum: 9,
                      scale: -1,
                      zeroCount: '1',
                      positive: { offset: 2, bucketCounts: ['1', '1'] },
                      negative: { offset: -1, bucketCounts: ['1'] },
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  }
  const type = { 'content-type': 'application/x-protobuf' }
  expect((await post('/v1/traces', encode('otlp.Traces', traces), type)).status).toBe(200)
  expect((await post('/v1/metrics', encode('otlp.Metrics', metrics), type)).status).toBe(200)
  expect(fields()).toMatchObject([
    {
      trace: { id: '0af7651916cd43dd8448eb211c80319c' },
      span: { id: 'b7ad6b7169203331' },
      name: 'GET /',
      kind: 'server',
      duration_ns: 210,
      status: { code: 'error', message: 'no' },
    },
    { metric: { name: 'temp', type: 'gauge', unit: 'Cel', value: 20 }, attributes: { line: '3' } },
    { metric: { name: 'parts', type: 'sum', monotonic: true, value: -5 } },
    { metric: { name: 'wait', type: 'histogram', count: 3, sum: 4.5, min: 0, max: 2, counts: [1, 2], bounds: [1] } },
    {
      metric: {
        name: 'size',
        type: 'exponentialHistogram',
        count: 4,
        sum: 9,
        scale: -1,
        zero_count: 1,
        positive: { offset: 2, counts: [1, 1] },
        negative: { offset: -1, counts: [1] },
      },
      attributes: { line: '3' },
    },
  ])
})

test('records that nothing can be made of are told, and the others are kept', async () => {
  const { fields, post } = await start('otlp', {})
  const metrics = [{ name: 'odd' }, { name: 'temp', gauge: { dataPoints: [{ timeUnixNano: NANOS, asDouble: 20 }] } }]
  const body = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }
  const answer = await post('/v1/metrics', JSON.stringify(body), { 'content-type': 'application/json' })
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      partialSuccess: {
        rejectedDataPoints: '1',
        errorMessage: 'metric [odd] has no data of a known kind (gauge, sum, histogram, exponentialHistogram, summary)',
      },
    },
  ])
  expect(fields()).toMatchObject([{ metric: { name: 'temp', value: 20 } }])
})

test('what is wrong is told, and what is not stored is to be sent again', async () => {
  const { outcome, fields, post } = await start('otlp', {})
  const type = { 'content-type': 'application/x-protobuf' }
  expect((await post('/v1/logs', new Uint8Array([0xff, 0xff]), type)).status).toBe(400)
  expect((await post('/v1/profiles', new Uint8Array([1]), type)).status).toBe(404)
  expect(fields()).toEqual([])
  outcome.error = new Error('the store is away')
  expect((await post('/v1/logs', encode('otlp.Logs', logs), type)).status).toBe(503)
})

test('Prometheus remote write: an event for each sample, none for the mark of an ended series', async () => {
  const { fields, post } = await start('prometheus', { user: 'p', password: 's' })
  const schema = protobuf
    .parse(`syntax = "proto3"; message W { repeated T timeseries = 1; }
    message T { repeated L labels = 1; repeated S samples = 2; } message L { string name = 1; string value = 2; }
    message S { double value = 1; int64 timestamp = 2; }`)
    .root.lookupType('W')
  const body = schema
    .encode({
      timeseries: [
        {
          labels: [
            { name: '__name__', value: 'up' },
            { name: 'job', value: 'node' },
          ],
          samples: [
            { value: 1, timestamp: 1714557600000 },
            { value: NaN, timestamp: 1714557601000 },
          ],
        },
      ],
    })
    .finish()
  const packed = new Uint8Array(compress(body))
  const headers = { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' }
  expect((await post('/api/v1/write', packed, headers)).status).toBe(401)
  const known = { ...headers, authorization: `Basic ${Buffer.from('p:s').toString('base64')}` }
  expect((await post('/api/v1/write', packed, known)).status).toBe(204)
  expect((await post('/api/v1/write', new Uint8Array([9, 9, 9]), known)).status).toBe(400)
  expect(fields()).toEqual([
    { '@timestamp': '2024-05-01T10:00:00.000Z', prometheus: { name: 'up', labels: { job: 'node' }, value: 1 } },
  ])
})
