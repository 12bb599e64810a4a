import { z } from 'zod'
import { isFields, type Event } from '../../core/event.ts'
import { fieldText, printFields } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { basicAuthorization } from '../http-client.ts'
import { flag, ignored, list, password, path, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { groupEvents } from './group-events.ts'
import { createHttpDelivery, type Deliver } from './http-delivery.ts'

const config = z.strictObject({
  ...clientTlsOptions,
  url: text().describe('Where Loki takes events: `https://loki.example.org/loki/api/v1/push`.'),
  message_field: text().default('message').describe('Field with the line. The whole event, as JSON, where it is not there.'),
  include_fields: list().default([]).describe('Fields that become labels. All texts, numbers and booleans when there are none.'),
  metadata_fields: list().default([]).describe('Fields that become structured metadata of the line.'),
  tenant_id: text().optional().describe('Tenant of Loki.'),
  username: text().optional().describe('User for basic authentication.'),
  password: password().optional().describe('Their password.'),
  ca_cert: list().optional().meta({ aliasOf: 'ssl_certificate_authorities' }).describe('Another name of it.'),
  cert: path().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Another name of it.'),
  key: path().optional().meta({ aliasOf: 'ssl_key' }).describe('Another name of it.'),
  batch_size: ignored('a batch of the pipeline is a batch here'),
  batch_wait: ignored('a batch of the pipeline is a batch here'),
  min_delay: ignored('waits get longer by themselves'),
  max_delay: ignored('waits get longer by themselves'),
  retries: ignored('what failed is sent until it is taken'),
  insecure_skip_verify: flag().default(false).describe('Whether any certificate of the server is taken.'),
})

export const loki = defineOutput({
  name: 'loki',
  summary: 'Sends lines to Grafana Loki, with fields as labels.',
  config,
  examples: [{ title: 'By host', config: { url: 'http://loki:3100/loki/api/v1/push', include_fields: ['host', 'level'] } }],
  defaultCodec: 'plain',
  create(options, context) {
    const url = new URL(options.url)
    const line = fieldPath(options.message_field)
    const metadata = options.metadata_fields.map((name) => [labelName(name), fieldPath(name)] as const)
    const included = options.include_fields.map((name) => [labelName(name), fieldPath(name)] as const)
    let deliver: Deliver = () => Promise.reject(new Error('the output is not started'))

    const labelsOf = (event: Event): Readonly<Record<string, string>> => {
      if (included.length > 0) return textsAt(event, included)
      const plain = Object.entries(event.fields).filter(
        ([name, value]) => name !== '@timestamp' && name !== options.message_field && !isFields(value) && !Array.isArray(value),
      )
      return Object.fromEntries(plain.map(([name, value]) => [labelName(name), fieldText(value ?? null)]))
    }
    /** Time in nanoseconds, line, and structured metadata where it is wanted. */
    const entryOf = (event: Event): readonly unknown[] => {
      const at = event.fields['@timestamp']
      const { epochMillis, nanos } = at instanceof Timestamp ? at : new Timestamp(context.clock.now())
      const written = line.get(event)
      return [
        `${epochMillis}${String(nanos).padStart(6, '0')}`,
        written === undefined || written === null ? printFields(event.fields) : fieldText(written),
        ...(metadata.length > 0 ? [textsAt(event, metadata)] : []),
      ]
    }
    const bodyOf = (events: readonly Event[]): string => {
      const streams = groupEvents(events, (event) => JSON.stringify(labelsOf(event)))
      return JSON.stringify({
        streams: [...streams].map(([labels, some]) => ({ stream: JSON.parse(labels) as unknown, values: some.map(entryOf) })),
      })
    }
    const headers = {
      'content-type': 'application/json',
      ...(options.tenant_id !== undefined && { 'x-scope-orgid': options.tenant_id }),
      ...(options.username !== undefined && { authorization: basicAuthorization(options.username, options.password ?? '') }),
    }
    return {
      async start() {
        deliver = createHttpDelivery(
          context,
          { url: url.host },
          await loadClientTls({ ...options, ...(options.insecure_skip_verify && { ssl_verification_mode: 'none' }) }),
        )
      },
      write(events) {
        return deliver(events, (these) => ({ url, headers, body: bodyOf(these) }))
      },
    }
  },
})

/** Labels have letters, digits and underscores. */
function labelName(field: string): string {
  return field.replaceAll(/^\[|\]$/g, '').replaceAll(/[^A-Za-z0-9_]+/g, '_')
}

function textsAt(
  event: Event,
  paths: readonly (readonly [string, ReturnType<typeof fieldPath>])[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    paths.flatMap(([name, path]) => {
      const value = path.get(event)
      return value === undefined || value === null ? [] : [[name, fieldText(value)]]
    }),
  )
}
