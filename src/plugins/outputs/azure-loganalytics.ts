import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ignored, list, password, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { groupEvents } from './group-events.ts'
import { createHttpDelivery } from './http-delivery.ts'

const config = z.strictObject({
  customer_id: text().describe('Id of the workspace.'),
  shared_key: password().describe('One of its two keys, in Base64.'),
  log_type: text().describe('Name of the table, without its `_CL`; with references.'),
  time_generated_field: text().default('').describe('Field with the time of an event. The time at which it arrives when empty.'),
  key_names: list().default([]).describe('Fields that are sent. All when there are none.'),
  endpoint: text().default('ods.opinsights.azure.com').describe('Domain of the cloud.'),
  key_types: ignored('values keep their types'),
  max_batch_items: ignored('a batch of the pipeline is a batch here'),
  flush_items: ignored('a batch of the pipeline is a batch here'),
  flush_interval_time: ignored('a batch of the pipeline is a batch here'),
})

/** What the service asks for: https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api */
const RESOURCE = '/api/logs'

export const azureLoganalytics = defineOutput({
  name: 'azure_loganalytics',
  summary: 'Sends events to a table of Azure Monitor, by the HTTP Data Collector API.',
  config,
  examples: [
    {
      title: 'Some fields',
      config: { customer_id: 'workspace', shared_key: 'c2VjcmV0', log_type: 'plant', key_names: ['message'] },
    },
  ],
  defaultCodec: 'plain',
  create({ customer_id: workspace, shared_key: key, endpoint, ...options }, context) {
    const server = /^https?:/.test(endpoint) ? endpoint : `https://${workspace}.${endpoint}`
    const url = new URL(`${server}${RESOURCE}?api-version=2016-04-01`)
    const deliver = createHttpDelivery(context, { workspace })
    const typeOf = compileTemplate(options.log_type)
    const documentOf = (event: Event): unknown => {
      const all = JSON.parse(printFields(event.fields)) as Record<string, unknown>
      if (options.key_names.length === 0) return all
      return Object.fromEntries(options.key_names.filter((name) => name in all).map((name) => [name, all[name]]))
    }
    const headersOf = (type: string, length: number): Record<string, string> => {
      const date = new Date(context.clock.now()).toUTCString()
      const signed = `POST\n${length}\napplication/json\nx-ms-date:${date}\n${RESOURCE}`
      const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64')
      return {
        'content-type': 'application/json',
        authorization: `SharedKey ${workspace}:${signature}`,
        'log-type': type,
        'x-ms-date': date,
        ...(options.time_generated_field !== '' && { 'time-generated-field': options.time_generated_field }),
      }
    }
    return {
      async write(events) {
        for (const [type, some] of groupEvents(events, (event) => typeOf.print(event))) {
          await deliver(some, (these) => {
            const body = Buffer.from(JSON.stringify(these.map(documentOf)))
            return { url, body, headers: headersOf(type, body.length) }
          })
        }
      },
    }
  },
})
