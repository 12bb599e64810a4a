import { z } from 'zod'
import { addTag, type Event, type Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { NetflowError, NetflowReader, type Flow } from '../../protocols/netflow/decode.ts'
import { loadFieldTables } from '../../protocols/netflow/fields.ts'
import { flag, ignored, list, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent } from './decoded.ts'

export const netflow = defineCodec({
  name: 'netflow',
  summary:
    'NetFlow versions 5 and 9 and IPFIX, of a udp input: an event for each flow. Templates are kept by the exporter’s address and source id.',
  config: z.strictObject({
    target: text().default('netflow').describe('Field that gets the flow.'),
    versions: list().default(['5', '9', '10']).describe('Versions that are taken.'),
    include_flowset_id: flag().default(false).describe('Whether the number of the template goes along.'),
    cache_save_path: ignored('exporters send their templates again'),
    cache_ttl: ignored('templates are kept until there are too many'),
    definitions: ignored('fields that are not known are named by their number'),
    netflow_definitions: ignored('fields that are not known are named by their number'),
    ipfix_definitions: ignored('fields that are not known are named by their number'),
  }),
  examples: [
    { title: 'No NetFlow', config: {}, in: { hex: '0007' }, out: [{ tags: ['_netflowparsefailure'], message: '0007' }] },
  ],
  create({ target, versions, include_flowset_id: withId }, { log }) {
    const reader = new NetflowReader(loadFieldTables())
    const path = fieldPath(target)
    const eventOf = ({ version, exportedAt, values }: Flow, sizeBytes: number): Event => {
      const fields: Fields = {}
      for (const [name, value] of values) {
        if (name === 'flowset_id' && (!withId || version === 5)) continue
        fields[name] = typeof value === 'object' ? new Timestamp(value.epochMillis) : value
      }
      const event = decodedEvent({ '@timestamp': new Timestamp(exportedAt) }, sizeBytes)
      path.set(event, fields)
      return event
    }
    return {
      decoder: (exporter = '') => ({
        decode(bytes) {
          try {
            const flows = reader.read(Buffer.from(bytes), exporter).filter(({ version }) => versions.includes(String(version)))
            const share = Math.ceil(bytes.length / Math.max(1, flows.length))
            return flows.map((flow) => eventOf(flow, share))
          } catch (error) {
            if (!(error instanceof NetflowError)) throw error
            log.debug({ reason: error.message }, 'a packet is no NetFlow')
            const event = decodedEvent({ message: Buffer.from(bytes).toString('hex') }, bytes.length)
            addTag(event, '_netflowparsefailure')
            return [event]
          }
        },
        end: () => [],
      }),
      encode() {
        throw new Error('the netflow codec reads only: use it with inputs')
      },
    }
  },
})
