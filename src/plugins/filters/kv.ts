import { z } from 'zod'
import { addTag, type Event, type Fields, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { reasonOf } from '../../core/reason.ts'
import { TimeLimit, TimeLimitError } from '../../script/regexp/time-limit.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, hash, integer, list, text } from '../options.ts'
import { compileKeyValues } from '../parsing/key-values.ts'
import { defineFilter } from '../plugin.ts'

const TRANSFORMS = ['lowercase', 'uppercase', 'capitalize'] as const
type Transform = (typeof TRANSFORMS)[number] | undefined

const config = z.strictObject({
  source: text().default('message').describe('Field with the text.'),
  target: text().optional().describe('Field that gets an object with the pairs. The root of the event when absent.'),
  field_split: text().default(' ').describe('Characters between pairs.'),
  field_split_pattern: text().optional().describe('Expression between pairs instead.'),
  value_split: text().default('=').describe('Characters between key and value.'),
  value_split_pattern: text().optional().describe('Expression between key and value instead.'),
  whitespace: choice('lenient', 'strict')
    .default('lenient')
    .describe('Whether spaces may stand around what is between key and value.'),
  include_brackets: flag().default(true).describe('Whether brackets hold a value together as quotes do.'),
  include_keys: list().default([]).describe('Only these keys are taken.'),
  exclude_keys: list().default([]).describe('These keys are left out.'),
  default_keys: hash().default({}).describe('Keys with values for texts that lack them.'),
  allow_duplicate_values: flag().default(true).describe('Whether a pair that stands twice is taken twice.'),
  allow_empty_values: flag().default(false).describe('Whether keys without a value are taken.'),
  prefix: text().default('').describe('What stands before each key.'),
  recursive: flag().default(false).describe('Whether values are read as pairs, too.'),
  remove_char_key: text().optional().describe('Characters that keys lose.'),
  remove_char_value: text().optional().describe('Characters that values lose.'),
  trim_key: text().optional().describe('Characters that keys lose at both ends.'),
  trim_value: text().optional().describe('Characters that values lose at both ends.'),
  trim: text().optional().meta({ option: 'text', aliasOf: 'trim_value' }).describe('Older name of `trim_value`.'),
  trimkey: text().optional().meta({ option: 'text', aliasOf: 'trim_key' }).describe('Older name of `trim_key`.'),
  transform_key: choice(...TRANSFORMS)
    .optional()
    .describe('How keys are written: lowercase, uppercase or capitalize.'),
  transform_value: choice(...TRANSFORMS)
    .optional()
    .describe('How values are written.'),
  tag_on_failure: list().default(['_kv_filter_error']).describe('Tags of events that could not be read.'),
  tag_on_timeout: text().default('_kv_filter_timeout').describe('Tag of events that took too long.'),
  timeout_millis: integer({ min: 0 }).default(250).describe('How long an event may take. At most 250 ms.'),
  ecs_compatibility: ecsCompatibility(),
})

type Options = z.output<typeof config>

export const kv = defineFilter({
  name: 'kv',
  summary: 'Reads pairs such as `ip=1.2.3.4 error="out of range"`.',
  config,
  examples: [
    {
      title: 'Pairs of a log line',
      config: { remove_field: 'message' },
      in: { message: 'ip=1.2.3.4 error="out of range" retries=[3]' },
      out: { ip: '1.2.3.4', error: 'out of range', retries: '3' },
    },
    {
      title: 'A query string, under a field',
      config: { source: 'q', target: 'args', field_split: '&?', include_keys: ['pin', 'd'], transform_key: 'lowercase' },
      in: { q: '?PIN=12&d=1&x=2' },
      out: { q: '?PIN=12&d=1&x=2', args: { pin: '12', d: '1' } },
    },
    {
      title: 'A key twice',
      config: { target: 'a' },
      in: { message: 'k=1 k=2' },
      out: { message: 'k=1 k=2', a: { k: ['1', '2'] } },
    },
    { title: 'No pairs', config: { add_tag: 'read' }, in: { message: 'nothing here' }, out: { message: 'nothing here' } },
  ],
  create(options, { log }) {
    const from = fieldPath(options.source)
    const to = options.target === undefined ? undefined : fieldPath(options.target)
    const bounded = options.field_split_pattern !== undefined || options.value_split_pattern !== undefined
    const limit = new TimeLimit()
    const read = compileReader(options)
    return {
      process(event) {
        const value = from.get(event)
        if (value === undefined || value === null) return 'unmatched'
        let pairs: Fields
        try {
          const work = (): Fields => read(value, event)
          pairs = bounded ? limit.run(Math.min(options.timeout_millis || 250, 250), work) : work()
        } catch (error) {
          log.warn({ error: reasonOf(error) }, 'pairs could not be read')
          if (error instanceof TimeLimitError) addTag(event, options.tag_on_timeout)
          else addTag(event, ...options.tag_on_failure)
          return 'unmatched'
        }
        const names = Object.keys(pairs)
        if (names.length === 0) return 'unmatched'
        if (to !== undefined) to.set(event, pairs)
        else for (const name of names) fieldPath(name).set(event, pairs[name] ?? null)
        return 'matched'
      },
    }
  },
})

/** Answers the pairs of a text or a list of texts, with the defaults. */
function compileReader(options: Options): (value: FieldValue, event: Event) => Fields {
  const scan = compileKeyValues({
    fieldSplit: options.field_split,
    valueSplit: options.value_split,
    fieldSplitPattern: options.field_split_pattern,
    valueSplitPattern: options.value_split_pattern,
    brackets: options.include_brackets,
    lenient: options.whitespace === 'lenient',
  })
  const changeKey = changes(options.remove_char_key, options.trim_key, options.transform_key)
  const changeValue = changes(options.remove_char_value, options.trim_value, options.transform_value)
  const prefix = compileTemplate(options.prefix)
  const included = options.include_keys.map(compileTemplate)
  const excluded = options.exclude_keys.map(compileTemplate)

  const addPairs = (text: string, event: Event, pairs: Map<string, FieldValue>): void => {
    const wanted = new Set(included.map((template) => template.print(event)))
    const unwanted = new Set(excluded.map((template) => template.print(event)))
    const before = prefix.print(event)
    for (const [writtenKey, writtenValue] of scan(text)) {
      if (writtenValue === '' && !options.allow_empty_values) continue
      const key = changeKey(writtenKey)
      if ((wanted.size > 0 && !wanted.has(key)) || unwanted.has(key)) continue
      addPair(pairs, before + key, inner(changeValue(writtenValue), event))
    }
  }
  const inner = (text: string, event: Event): FieldValue => {
    if (!options.recursive) return text
    const pairs = new Map<string, FieldValue>()
    addPairs(text, event, pairs)
    return pairs.size === 0 ? text : Object.fromEntries(pairs)
  }
  const addPair = (pairs: Map<string, FieldValue>, key: string, value: FieldValue): void => {
    const known = pairs.get(key)
    const all = known === undefined ? [] : Array.isArray(known) ? known : [known]
    if (!options.allow_duplicate_values && all.includes(value)) return
    pairs.set(key, known === undefined ? value : [...all, value])
  }
  return (value, event) => {
    const pairs = new Map<string, FieldValue>()
    for (const one of Array.isArray(value) ? value : [value]) addPairs(fieldText(one), event, pairs)
    for (const [key, fallback] of Object.entries(options.default_keys)) if (!pairs.has(key)) pairs.set(key, fallback)
    return Object.fromEntries(pairs)
  }
}

function changes(removed: string | undefined, trimmed: string | undefined, transform: Transform): (text: string) => string {
  const remove = removed === undefined ? undefined : new RegExp(`[${removed}]`, 'g')
  const trim = trimmed === undefined ? undefined : new RegExp(`^[${trimmed}]+|[${trimmed}]+$`, 'g')
  return (text) => {
    let changed = remove === undefined ? text : text.replaceAll(remove, '')
    if (trim !== undefined) changed = changed.replaceAll(trim, '')
    if (transform === undefined) return changed
    if (transform === 'capitalize') return changed.slice(0, 1).toUpperCase() + changed.slice(1).toLowerCase()
    return transform === 'lowercase' ? changed.toLowerCase() : changed.toUpperCase()
  }
}
