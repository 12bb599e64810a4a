import { z } from 'zod'
import { addTag, isFields, setOwn, type Event, type Fields, type FieldValue } from '../../core/event.ts'
import { fieldText, parseEventJson } from '../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../core/field-path.ts'
import { isoNanos, parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { flag, list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { ecsCompatibility } from '../ecs-option.ts'

const config = z.strictObject({
  source: text().describe('Field with the JSON text.'),
  target: text()
    .optional()
    .describe('Field that gets what the text says. The root of the event when absent, which takes objects only.'),
  skip_on_invalid_json: flag().default(false).describe('Whether broken text passes without a tag.'),
  tag_on_failure: list().default(['_jsonparsefailure']).describe('Tags of events whose text is broken.'),
  ecs_compatibility: ecsCompatibility(),
})

export const json = defineFilter({
  name: 'json',
  summary: 'Reads JSON out of a field.',
  config,
  examples: [
    {
      title: 'Into the root of the event',
      config: { source: 'message', remove_field: 'message' },
      in: { message: '{"temperature": 22.5, "device": {"id": "press-07"}}' },
      out: { temperature: 22.5, device: { id: 'press-07' } },
    },
    {
      title: 'Under a field',
      config: { source: 'message', target: 'doc' },
      in: { message: '[1]' },
      out: { message: '[1]', doc: [1] },
    },
    {
      title: 'Broken text',
      config: { source: 'message' },
      in: { message: '{"a": ' },
      out: { message: '{"a": ', tags: ['_jsonparsefailure'] },
    },
    {
      title: 'A list has no place in the root',
      config: { source: 'message' },
      in: { message: '[1]' },
      out: { message: '[1]', tags: ['_jsonparsefailure'] },
    },
  ],
  create({ source, target, skip_on_invalid_json: silent, tag_on_failure: failureTags }, { log }) {
    const from = fieldPath(source)
    const to = target === undefined ? undefined : fieldPath(target)
    return {
      process(event) {
        const written = from.get(event)
        if (written === undefined || written === null || written === '') return 'unmatched'
        const parsed = parse(written)
        if (parsed === undefined || (to === undefined && !isFields(parsed))) {
          if (silent) return 'unmatched'
          log.warn({ source, text: fieldText(written).slice(0, 200) }, 'no JSON that fits')
          if (failureTags.length > 0) addTag(event, ...failureTags)
          return 'unmatched'
        }
        store(event, to, parsed)
        return 'matched'
      },
    }
  },
})

/** `undefined` for what is no JSON. A field that holds an object already is not text and stays as it is. */
function parse(written: FieldValue): FieldValue | undefined {
  if (typeof written === 'object' && written !== null && !Array.isArray(written)) return undefined
  try {
    return parseEventJson(fieldText(written))
  } catch {
    return undefined
  }
}

function store(event: Event, to: FieldPath | undefined, parsed: FieldValue): void {
  if (to !== undefined) to.set(event, parsed)
  else for (const [name, value] of Object.entries(parsed as Fields)) if (value !== undefined) setRoot(event, name, value)
}

/** Fields with a meaning of their own keep their type: a text that is no time must not become `@timestamp`. */
function setRoot(event: Event, name: string, value: FieldValue): void {
  if (name === '@metadata') {
    if (isFields(value)) Object.assign(event.metadata, value)
  } else if (name === '@timestamp') {
    const millis = typeof value === 'string' ? parseIsoInstant(value) : NaN
    if (value instanceof Timestamp) event.fields['@timestamp'] = value
    else if (!Number.isNaN(millis)) event.fields['@timestamp'] = new Timestamp(millis, isoNanos)
    else {
      setOwn(event.fields, '_@timestamp', value)
      addTag(event, '_timestampparsefailure')
    }
  } else setOwn(event.fields, name, value)
}
