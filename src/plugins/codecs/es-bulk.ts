import { z } from 'zod'
import { isFields, type Event, type FieldValue } from '../../core/event.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { ignored } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent, failedEvent } from './decoded.ts'

export const esBulk = defineCodec({
  name: 'es_bulk',
  summary: 'Bodies of Elasticsearch’s `_bulk`: each document is an event, what is done with it lies in `[@metadata]`.',
  config: z.strictObject({
    target: ignored('documents are the root of the event'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'Two operations',
      config: {},
      in: '{"index":{"_index":"a","_id":"1"}}\n{"x":1}\n{"delete":{"_index":"a","_id":"2"}}\n',
      out: [{ x: 1 }, {}],
    },
    { title: 'Broken', config: {}, in: '{"index":{}}\n{"x":\n', out: [{ message: '{"x":', tags: ['_jsonparsefailure'] }] },
  ],
  create(options, context) {
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const mark = (event: Event, action: FieldValue): Event => {
      const [name, described] = isFields(action) ? (Object.entries(action)[0] ?? ['index', {}]) : ['index', {}]
      const values = { ...(isFields(described) ? described : {}), action: name }
      if (ecs) event.metadata['codec'] = { es_bulk: values }
      else Object.assign(event.metadata, values)
      return event
    }
    const decode = (body: string): Event[] => {
      const events: Event[] = []
      const lines = body.split('\n').filter((line) => line.trim() !== '')
      for (let at = 0; at < lines.length; at++) {
        const action = parsed(lines[at] ?? '')
        if (!isFields(action)) {
          events.push(failedEvent(lines[at] ?? '', 0, '_jsonparsefailure'))
          continue
        }
        if ('delete' in action) {
          events.push(mark(decodedEvent({}, 0), action))
          continue
        }
        at += 1
        const line = lines[at] ?? ''
        const source = parsed(line)
        events.push(
          isFields(source)
            ? mark(decodedEvent(source, line.length), action)
            : failedEvent(line, line.length, '_jsonparsefailure'),
        )
      }
      return events
    }
    return {
      decoder: () => ({ decode: (bytes) => decode(Buffer.from(bytes).toString('utf8')), end: () => [] }),
      encode: (event) => `{"index":{}}\n${printFields(event.fields)}\n`,
    }
  },
})

function parsed(line: string): FieldValue | undefined {
  try {
    return parseEventJson(line)
  } catch {
    return undefined
  }
}
