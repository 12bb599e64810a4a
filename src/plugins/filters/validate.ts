import type { ValidateFunction } from 'ajv'
import { z } from 'zod'
import { addTag, type Event, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText, printFields } from '../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../core/field-path.ts'
import { Float } from '../../core/float.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { readTextFile } from '../missing-file.ts'
import { hash, integer, list, listHash, path, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { ReloadedFile } from '../reloaded-file.ts'

const REFRESH_MS = 60_000
/** An event that is wrong in more ways tells the first. */
const MAX_ERRORS = 20

const toNumbers = (raw: Readonly<Record<string, readonly string[]>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(raw).map(([field, values]) => [field, values.map(Number)]))

const toNumber = (raw: Readonly<Record<string, FieldValue>>): Record<string, number> =>
  Object.fromEntries(Object.entries(raw).map(([field, value]) => [field, Number(fieldText(value))]))

const config = z.strictObject({
  schema_path: path()
    .optional()
    .describe('File of a JSON Schema (draft 7 or 2019-09) for the whole event. Read again when it changes.'),
  required: list().default([]).describe('Fields that must be there and not null.'),
  range: listHash()
    .transform(toNumbers)
    .pipe(z.record(z.string(), z.array(z.number()).length(2, { error: 'expected the smallest and the largest value' })))
    .default({})
    .meta({ option: 'hash' })
    .describe('Fields and the smallest and largest value that they may have.'),
  allowed: listHash().default({}).describe('Fields and the values that they may have.'),
  max_step: hash()
    .transform(toNumber)
    .pipe(z.record(z.string(), z.number().positive()))
    .default({})
    .meta({ option: 'hash' })
    .describe('Fields and how much they may change from one event of a key to the next.'),
  transitions: hash()
    .default({})
    .describe('Fields and, for each of their values, the values that may follow: `{ "state" => { "off" => ["on"] } }`.'),
  key: text().default('%{[device][id]}').describe('What `max_step` and `transitions` follow, with references.'),
  max_keys: integer({ min: 1 }).default(100_000).describe('How many keys are remembered; who was silent longest goes first.'),
  target: text().optional().describe('Field that gets what is wrong, as a list of texts.'),
  tag_on_failure: list().default(['_validationfailure']).describe('Tags of events that are wrong. They go on all the same.'),
})

type Check = (event: Event, errors: string[]) => void

export const validate = defineFilter({
  name: 'validate',
  summary:
    'Checks events by a JSON Schema, by ranges, and by what may follow what. Events that are wrong get a tag; none is dropped.',
  config,
  examples: [
    {
      title: 'A reading out of range',
      config: { range: { temperature: [-40, 125] }, target: 'errors' },
      in: { temperature: 250 },
      out: { temperature: 250, errors: ['[temperature] is 250: expected -40 to 125'], tags: ['_validationfailure'] },
    },
    {
      title: 'Something is missing, and something is unknown',
      config: { required: ['device'], allowed: { unit: ['C', 'F'] }, target: 'errors' },
      in: { unit: 'K' },
      out: {
        unit: 'K',
        errors: ['[device] is missing', '[unit] is K: expected C or F'],
        tags: ['_validationfailure'],
      },
    },
    { title: 'All is well', config: { range: { t: [0, 1] } }, in: { t: 0.5 }, out: { t: 0.5 } },
  ],
  create(options, { clock, log }) {
    const key = compileTemplate(options.key)
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const last = new LastValues(options.max_keys)
    const schema =
      options.schema_path === undefined ? undefined : new ReloadedFile(options.schema_path, REFRESH_MS, clock, log, compileSchema)
    const checks: Check[] = [
      ...options.required.map((field) => required(fieldPath(field))),
      ...Object.entries(options.range).map(([field, [min = -Infinity, max = Infinity]]) => inRange(fieldPath(field), min, max)),
      ...Object.entries(options.allowed).map(([field, values]) => oneOf(fieldPath(field), values)),
    ]
    const steps = Object.entries(options.max_step).map(([field, step]) => ({ path: fieldPath(field), step }))
    const moves = Object.entries(options.transitions).map(([field, table]) => ({
      path: fieldPath(field),
      table: followers(field, table),
    }))

    const follow = (event: Event, errors: string[]): void => {
      if (steps.length === 0 && moves.length === 0) return
      const known = last.of(key.print(event))
      for (const { path: field, step } of steps) {
        const now = numberOf(field.get(event))
        const before = known.get(field.text)
        if (now === undefined) continue
        known.set(field.text, now)
        if (typeof before === 'number' && Math.abs(now - before) > step)
          errors.push(`[${field.text}] went from ${before} to ${now}: expected a step of at most ${step}`)
      }
      for (const { path: field, table } of moves) {
        const value = field.get(event)
        if (value === undefined || value === null) continue
        const now = fieldText(value)
        const before = known.get(field.text)
        known.set(field.text, now)
        if (typeof before !== 'string' || before === now || table.get(before)?.has(now) === true) continue
        errors.push(
          `[${field.text}] went from ${before} to ${now}: expected ${[...(table.get(before) ?? [])].join(' or ') || 'no change'}`,
        )
      }
    }
    return {
      async open() {
        await schema?.open()
      },
      process(event) {
        const errors: string[] = []
        for (const check of checks) check(event, errors)
        follow(event, errors)
        const matches = schema?.value
        if (matches !== undefined && !matches(JSON.parse(printFields(event.fields)))) {
          for (const { instancePath, message } of matches.errors ?? [])
            errors.push(`[${instancePath.slice(1).replaceAll('/', '][')}] ${message ?? 'is wrong'}`.replace('[] ', ''))
        }
        if (errors.length === 0) return 'matched'
        target?.set(event, errors.slice(0, MAX_ERRORS))
        addTag(event, ...options.tag_on_failure)
        return 'unmatched'
      },
    }
  },
})

/** The last values of each key. Keys that were not asked for longest go first. */
class LastValues {
  readonly #max: number
  readonly #keys = new Map<string, Map<string, number | string>>()

  constructor(max: number) {
    this.#max = max
  }

  of(key: string): Map<string, number | string> {
    const known = this.#keys.get(key) ?? new Map<string, number | string>()
    this.#keys.delete(key)
    this.#keys.set(key, known)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > this.#max && oldest !== undefined) this.#keys.delete(oldest)
    return known
  }
}

/** @throws Error when the file holds no schema */
async function compileSchema(file: string): Promise<ValidateFunction> {
  const { Ajv } = await import('ajv')
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false })
  try {
    return ajv.compile(JSON.parse(await readTextFile(file)) as object)
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && error.name === 'Error'))
      throw new Error(`the file [${file}] is no JSON Schema: ${error.message}`, { cause: error })
    throw error
  }
}

function required(path: FieldPath): Check {
  return (event, errors) => {
    const value = path.get(event)
    if (value === undefined || value === null) errors.push(`[${path.text}] is missing`)
  }
}

function inRange(path: FieldPath, min: number, max: number): Check {
  return (event, errors) => {
    const value = path.get(event)
    if (value === undefined || value === null) return
    const number = numberOf(value)
    if (number === undefined) errors.push(`[${path.text}] is ${fieldText(value)}: expected a number`)
    else if (!(number >= min && number <= max)) errors.push(`[${path.text}] is ${fieldText(value)}: expected ${min} to ${max}`)
  }
}

function oneOf(path: FieldPath, values: readonly string[]): Check {
  const known = new Set(values)
  return (event, errors) => {
    const value = path.get(event)
    if (value === undefined || value === null || known.has(fieldText(value))) return
    errors.push(`[${path.text}] is ${fieldText(value)}: expected ${values.join(' or ')}`)
  }
}

function numberOf(value: FieldValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Float) return value.value
  return typeof value === 'bigint' ? Number(value) : undefined
}

/** @throws Error when it is no table of values and their followers */
function followers(field: string, table: FieldValue): ReadonlyMap<string, ReadonlySet<string>> {
  if (typeof table !== 'object' || table === null || Array.isArray(table))
    throw new Error(`transitions [${field}]: expected values and what may follow each, such as { "off" => ["on"] }`)
  return new Map(
    Object.entries(table as Fields).map(([value, next]) => [
      value,
      new Set((Array.isArray(next) ? next : [next ?? null]).map(fieldText)),
    ]),
  )
}
