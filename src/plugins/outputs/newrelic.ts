import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldText, printFields } from '../../core/event-json.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ignored, password, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createHttpDelivery } from './http-delivery.ts'

const config = z.strictObject({
  license_key: password().optional().describe('Key of the account.'),
  api_key: password().optional().describe('Insert key, when there is no license key.'),
  base_uri: text()
    .default('https://log-api.newrelic.com/log/v1')
    .describe('Where events are sent. In Europe `https://log-api.eu.newrelic.com/log/v1`.'),
  concurrent_requests: ignored('batches are sent side by side'),
  max_delay: ignored('waits get longer by themselves'),
  retries: ignored('what failed is sent until it is taken'),
  retry_seconds: ignored('waits get longer by themselves'),
  open_timeout: ignored('an answer must be there within a minute'),
  read_timeout: ignored('an answer must be there within a minute'),
})

export const newrelic = defineOutput({
  name: 'newrelic',
  summary: 'Sends events to the logs of New Relic.',
  config,
  examples: [{ title: 'In Europe', config: { license_key: 'secret', base_uri: 'https://log-api.eu.newrelic.com/log/v1' } }],
  defaultCodec: 'plain',
  create({ license_key: license, api_key: insert, base_uri: uri }, context) {
    if ((license ?? insert) === undefined) throw new Error('[newrelic] needs the option [license_key] or [api_key]')
    const url = new URL(uri)
    const deliver = createHttpDelivery(context, { url: url.host })
    const headers = {
      'content-type': 'application/json',
      ...(license === undefined ? { 'x-insert-key': insert ?? '' } : { 'x-license-key': license }),
    }
    const bodyOf = (events: readonly Event[]): string => {
      const logs = events.map(({ fields }) => {
        const { '@timestamp': at, message, ...rest } = fields
        return {
          timestamp: at instanceof Timestamp ? at.epochMillis : context.clock.now(),
          ...(message !== undefined && { message: fieldText(message) }),
          attributes: JSON.parse(printFields(rest)) as unknown,
        }
      })
      return JSON.stringify([{ common: { attributes: { plugin: { type: 'logstash' } } }, logs }])
    }
    return {
      write: (events) => deliver(events, (these) => ({ url, headers, body: bodyOf(these) })),
    }
  },
})
