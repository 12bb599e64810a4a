import { z } from 'zod'
import { addTag, cloneValue, isFields, setOwn, type Event, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../core/field-path.ts'
import { Float, float } from '../../core/float.ts'
import { reasonOf } from '../../core/reason.ts'
import { compileTemplate, type Template } from '../../script/sprintf.ts'
import { compileReplacement } from '../../script/regexp/replace.ts'
import { compileRubyRegexp } from '../../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { textToFloat, textToInteger } from '../../script/ruby-numbers.ts'
import { splitText } from '../../script/ruby-text.ts'
import { hash, list, listHash, text, textHash, textsHash } from '../options.ts'
import { defineFilter } from '../plugin.ts'

const CONVERSIONS = ['integer', 'float', 'integer_eu', 'float_eu', 'string', 'boolean'] as const
type Conversion = (typeof CONVERSIONS)[number]

const config = z.strictObject({
  coerce: hash().default({}).describe('Values for fields that are there and null.'),
  remove: list().optional().meta({ option: 'list', aliasOf: 'remove_field' }).describe('Older name of `remove_field`.'),
  rename: listHash().default({}).describe('Fields and their new names.'),
  update: textsHash().default({}).describe('New values for fields that are there: a text, or a list of texts.'),
  replace: textsHash().default({}).describe('New values for fields, there or not: a text, or a list of texts.'),
  convert: textHash()
    .pipe(z.record(z.string(), z.enum(CONVERSIONS)))
    .default({})
    .meta({ option: 'hash' })
    .describe('Types that fields get: integer, float, integer_eu, float_eu, string or boolean.'),
  gsub: list()
    .refine((parts) => parts.length % 3 === 0, { error: 'expected triples of field, pattern and replacement' })
    .default([])
    .meta({ option: 'list' })
    .describe('Triples of field, pattern and replacement.'),
  uppercase: list().default([]).describe('Fields to write in capital letters.'),
  capitalize: list().default([]).describe('Fields whose first letter becomes a capital and the rest small.'),
  lowercase: list().default([]).describe('Fields to write in small letters.'),
  strip: list().default([]).describe('Fields that lose white space at both ends.'),
  split: textHash().default({}).describe('Fields and the separator at which they become lists.'),
  join: textHash().default({}).describe('Lists and the separator with which they become text.'),
  merge: listHash().default({}).describe('Fields and the fields whose lists or objects are added to them.'),
  copy: listHash().default({}).describe('Fields and the names of their copies.'),
  tag_on_failure: text().default('_mutate_error').describe('Tag of events for which an operation failed.'),
})

type Operation = (event: Event) => void

export const mutate = defineFilter({
  name: 'mutate',
  summary: 'Renames, converts, replaces, splits, joins and copies fields, in a fixed order.',
  config,
  examples: [
    {
      title: 'Numbers out of text',
      config: { convert: { temperature: 'float', count: 'integer', ok: 'boolean' } },
      in: { temperature: '22.50', count: '1,200', ok: 'yes' },
      out: { temperature: 22.5, count: 1200, ok: true },
    },
    {
      title: 'Operations happen in their own order: rename comes before replace',
      config: { replace: { b: '%{b}!' }, rename: { a: 'b' } },
      in: { a: 'x' },
      out: { b: 'x!' },
    },
    {
      title: 'Pieces of text',
      config: { gsub: ['path', '/', '_'], split: { tags_text: ',' }, lowercase: ['level'] },
      in: { path: '/a/b', tags_text: 'x,y', level: 'WARN' },
      out: { path: '_a_b', tags_text: ['x', 'y'], level: 'warn' },
    },
    {
      title: 'A list of texts',
      config: { replace: { category: ['network', '%{kind}'] }, copy: { kind: ['a', 'b'] } },
      in: { kind: 'dns' },
      out: { kind: 'dns', category: ['network', 'dns'], a: 'dns', b: 'dns' },
    },
    {
      title: 'Lists and copies',
      config: { merge: { all: ['one', 'two'] }, copy: { one: 'again' }, join: { parts: '-' } },
      in: { all: ['x'], one: 'a', two: ['b', 'c'], parts: ['p', 'q'] },
      out: { all: ['x', 'a', 'b', 'c'], one: 'a', two: ['b', 'c'], again: 'a', parts: 'p-q' },
    },
  ],
  create(options, context) {
    const limit = new TimeLimit()
    const each = <T>(table: Readonly<Record<string, T>>, make: (field: string, value: T) => Operation): Operation[] =>
      Object.entries(table).map(([field, value]) => make(field, value))
    const operations: Operation[] = [
      ...each(options.coerce, (field, value) => coerce(fieldPath(field), value)),
      ...each(options.rename, (field, name) => rename(compileTemplate(field), name.map(compileTemplate))),
      ...each(options.update, (field, value) => update(fieldPath(field), printer(value))),
      ...each(options.replace, (field, value) => replace(compileTemplate(field), printer(value))),
      ...each(options.convert, (field, type) => convert(fieldPath(field), type)),
      ...gsubs(options.gsub, limit),
      ...options.uppercase.map((field) => onText(fieldPath(field), (value) => value.toUpperCase())),
      ...options.capitalize.map((field) => onText(fieldPath(field), capitalize)),
      ...options.lowercase.map((field) => onText(fieldPath(field), (value) => value.toLowerCase())),
      ...options.strip.map((field) => onText(fieldPath(field), (value) => value.replaceAll(/^[\s\0]+|[\s\0]+$/g, ''))),
      ...each(options.split, (field, separator) => split(fieldPath(field), separator)),
      ...each(options.join, (field, separator) => join(fieldPath(field), separator)),
      ...each(options.merge, (field, added) => merge(fieldPath(field), added.map(fieldPath))),
      ...each(options.copy, (field, copy) => copyField(fieldPath(field), copy.map(compileTemplate))),
    ]
    return {
      process(event) {
        try {
          for (const operation of operations) operation(event)
        } catch (error) {
          context.log.warn({ error: reasonOf(error) }, 'an operation failed')
          addTag(event, options.tag_on_failure)
          return 'unmatched'
        }
        return 'matched'
      },
    }
  },
})

function coerce(path: FieldPath, value: FieldValue): Operation {
  const template = typeof value === 'string' ? compileTemplate(value) : undefined
  return (event) => {
    if (path.get(event) === null) path.set(event, template === undefined ? cloneValue(value) : template.print(event))
  }
}

/** A field that is given several names, in several places of a file, gets all of them. */
function rename(from: Template, to: readonly Template[]): Operation {
  return (event) => {
    const value = fieldPath(from.print(event)).remove(event)
    if (value === undefined) return
    for (const [place, name] of to.entries()) fieldPath(name.print(event)).set(event, place === 0 ? value : cloneValue(value))
  }
}

/** A text, or a list of texts, with references. */
function printer(value: string | readonly string[]): (event: Event) => FieldValue {
  if (typeof value === 'string') {
    const template = compileTemplate(value)
    return (event) => template.print(event)
  }
  const templates = value.map(compileTemplate)
  return (event) => templates.map((template) => template.print(event))
}

function update(path: FieldPath, print: (event: Event) => FieldValue): Operation {
  return (event) => {
    if (path.has(event)) path.set(event, print(event))
  }
}

function replace(field: Template, print: (event: Event) => FieldValue): Operation {
  const constant = field.constant ? fieldPath(field.text) : undefined
  return (event) => (constant ?? fieldPath(field.print(event))).set(event, print(event))
}

function convert(path: FieldPath, type: Conversion): Operation {
  return (event) => {
    const value = path.get(event)
    if (value === undefined || value === null) return
    if (Array.isArray(value))
      path.set(
        event,
        value.map((one) => converted(one, type)),
      )
    else if (!isFields(value)) path.set(event, converted(value, type))
  }
}

const TRUE = /^(?:true|t|yes|y|1|1\.0)$/i
const FALSE = /^(?:false|f|no|n|0|0\.0)$/i

/** Booleans count as 1 and 0. What is no boolean stays what it is. */
function converted(value: FieldValue, type: Conversion): FieldValue {
  if (value === null) return null
  switch (type) {
    case 'string':
      return fieldText(value)
    case 'boolean': {
      const written = fieldText(value)
      if (TRUE.test(written)) return true
      return FALSE.test(written) || written === '' ? false : value
    }
    case 'integer':
    case 'integer_eu':
      if (typeof value === 'string') return textToInteger(value.replaceAll(type === 'integer' ? ',' : '.', '').trim())
      if (typeof value === 'boolean') return value ? 1 : 0
      if (value instanceof Float) return wholeNumber(value.value)
      return typeof value === 'number' ? wholeNumber(value) : value
    case 'float':
    case 'float_eu': {
      if (typeof value === 'string') {
        return textToFloat(type === 'float' ? value.replaceAll(',', '') : value.replaceAll('.', '').replaceAll(',', '.'))
      }
      if (typeof value === 'boolean') return float(value ? 1 : 0)
      return typeof value === 'number' || typeof value === 'bigint' ? float(Number(value)) : value
    }
    default:
      return value
  }
}

function wholeNumber(value: number): number | bigint {
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole === 0 ? 0 : whole
  if (!Number.isFinite(whole)) throw new RangeError(`[${value}] is no whole number`)
  return BigInt(whole)
}

function gsubs(parts: readonly string[], limit: TimeLimit): Operation[] {
  const operations: Operation[] = []
  for (let i = 0; i + 2 < parts.length; i += 3) {
    const [field = '', needle = '', replacement = ''] = parts.slice(i, i + 3)
    const path = fieldPath(field)
    const template = compileTemplate(replacement)
    // A pattern with references is text of the event: it is looked for as it stands.
    const dynamic = needle.includes('%{') ? compileTemplate(needle) : undefined
    const search = dynamic === undefined ? boundedSearch(compileRubyRegexp(needle), limit) : undefined
    operations.push((event) => {
      const change =
        search === undefined
          ? (value: string) => value.replaceAll(dynamic?.print(event) ?? '', () => template.print(event))
          : compileReplacement(search, template.print(event))
      changeText(path, event, change)
    })
  }
  return operations
}

/** Applies to a text, or to each text of a list. */
function onText(path: FieldPath, change: (text: string) => string): Operation {
  return (event) => changeText(path, event, change)
}

function changeText(path: FieldPath, event: Event, change: (text: string) => string): void {
  const value = path.get(event)
  if (typeof value === 'string') path.set(event, change(value))
  else if (Array.isArray(value))
    path.set(
      event,
      value.map((one) => (typeof one === 'string' ? change(one) : one)),
    )
}

function capitalize(value: string): string {
  const first = String.fromCodePoint(value.codePointAt(0) ?? 0)
  return value === '' ? '' : first.toUpperCase() + value.slice(first.length).toLowerCase()
}

function split(path: FieldPath, separator: string): Operation {
  return (event) => {
    const value = path.get(event)
    if (typeof value === 'string') path.set(event, splitText(value, separator))
  }
}

function join(path: FieldPath, separator: string): Operation {
  return (event) => {
    const value = path.get(event)
    if (Array.isArray(value)) path.set(event, value.map(fieldText).join(separator))
  }
}

function merge(path: FieldPath, added: readonly FieldPath[]): Operation {
  return (event) => {
    for (const source of added) {
      const more = source.get(event)
      if (more === undefined) continue
      const value = path.get(event)
      if (isFields(value) !== isFields(more))
        throw new TypeError(`[${path.text}] and [${source.text}]: a list and an object cannot be merged`)
      if (isFields(value) && isFields(more))
        for (const [name, one] of Object.entries(more)) setOwn(value, name, cloneValue(one ?? null))
      else path.set(event, [...asList(value), ...asList(cloneValue(more))])
    }
  }
}

function asList(value: FieldValue | undefined): FieldValue[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function copyField(path: FieldPath, to: readonly Template[]): Operation {
  return (event) => {
    const value = path.get(event)
    if (value === undefined) return
    for (const name of to) fieldPath(name.print(event)).set(event, cloneValue(value))
  }
}
