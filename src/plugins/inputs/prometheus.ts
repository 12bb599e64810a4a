import type { IncomingMessage } from 'node:http'
import type { Type } from 'protobufjs'
import { uncompress } from 'snappyjs'
import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { decodedEvent } from '../codecs/decoded.ts'
import { bytes, password, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { httpInput } from './http-input.ts'
import { isLetIn, unauthorized } from './http-requests.ts'
import { serverTlsOptions } from './server-tls.ts'

/** Prometheus' remote write protocol 1.0: what it has to carry; exemplars, histograms and metadata are skipped. */
const SCHEMA = `syntax = "proto3"; package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }`

interface WriteRequest {
  readonly timeseries?: readonly {
    readonly labels?: readonly { readonly name?: string; readonly value?: string }[]
    readonly samples?: readonly { readonly value?: number; readonly timestamp?: number }[]
  }[]
}

export const prometheus = defineInput({
  name: 'prometheus',
  summary:
    'Takes what Prometheus writes remotely (`remote_write`): a sample is an event with its name, labels and value. The answer comes when they are stored.',
  config: z.strictObject({
    host: text().optional().describe('Address to listen on. `network.host` when absent.'),
    port: port().default(9201).describe('Port to listen on; any path is taken. 0 takes a free one.'),
    user: text().optional().describe('User name that Prometheus must give (basic authentication).'),
    password: password().optional().describe('Its password.'),
    max_content_length: bytes()
      .default(32 * 1024 * 1024)
      .describe('Largest body, packed or unpacked. Above it the answer is 413 or 400.'),
    ...serverTlsOptions,
  }),
  examples: [{ title: 'A port for remote_write', config: { port: 9201 } }],
  defaultCodec: 'plain',
  create(options, { platform }) {
    let type: Type | undefined
    const decode = (body: Buffer): readonly Event[] => {
      if (type === undefined) return []
      const plain = uncompress(body, options.max_content_length)
      return eventsOf(type.toObject(type.decode(plain), { longs: Number }))
    }
    const requests = {
      decode,
      okStatus: 204,
      okHeaders: {},
      // Snappy is the protocol's own: not a coding that HTTP undoes.
      contentEncoding: false,
      refuse: (request: IncomingMessage) => (isLetIn(request, options) ? undefined : unauthorized),
    }
    return httpInput(options, platform.listenHost, requests, async () => {
      const { default: library } = await import('protobufjs')
      type = library.parse(SCHEMA).root.lookupType('prometheus.WriteRequest')
    })
  },
})

function eventsOf({ timeseries = [] }: WriteRequest): readonly Event[] {
  return timeseries.flatMap(({ labels = [], samples = [] }) => {
    const named: Fields = {}
    let name = ''
    for (const label of labels) {
      if (label.name === '__name__') name = label.value ?? ''
      else if (label.name !== undefined) named[label.name] = label.value ?? ''
    }
    return samples.flatMap(({ value = 0, timestamp = 0 }) =>
      // Not a number marks a series that ended (staleness).
      Number.isNaN(value)
        ? []
        : [
            decodedEvent(
              {
                '@timestamp': new Timestamp(timestamp),
                prometheus: { name, labels: { ...named }, value: Number.isFinite(value) ? float(value) : String(value) },
              },
              64,
            ),
          ],
    )
  })
}
