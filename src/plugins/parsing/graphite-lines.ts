import { isFields, type Event, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Float } from '../../core/float.ts'
import type { Clock } from '../../core/time.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { flag, list, text, textHash } from '../options.ts'

/** Options of the `graphite` output and codec about which numbers become lines. */
export const metricOptions = {
  metrics: textHash().default({}).describe('Names and values, with references to fields.'),
  fields_are_metrics: flag().default(false).describe('Whether every field with a number is a metric.'),
  include_metrics: list().default(['.*']).describe('Expressions of names that are sent.'),
  exclude_metrics: list().default(['%{[^}]+}']).describe('Expressions of names that are not: such as references to no field.'),
  metrics_format: text().default('*').describe('How a name is sent; `*` stands for it. References to fields may be in it.'),
  nested_object_separator: text().default('.').describe('What stands between the names of objects and their fields.'),
  timestamp_field: text().default('@timestamp').describe('Field with the time.'),
}

interface MetricOptions {
  readonly metrics: Readonly<Record<string, string>>
  readonly fields_are_metrics: boolean
  readonly include_metrics: readonly string[]
  readonly exclude_metrics: readonly string[]
  readonly metrics_format: string
  readonly nested_object_separator: string
  readonly timestamp_field: string
}

/** Prints the metrics of an event as lines of name, value and second. What is no number is left out. */
export function compileMetricLines(options: MetricOptions, clock: Clock): (event: Event) => string {
  const metrics = Object.entries(options.metrics).map(([name, value]) => ({
    name: compileTemplate(name),
    value: compileTemplate(value),
  }))
  const format = compileTemplate(options.metrics_format)
  const time = fieldPath(options.timestamp_field)
  const include = options.include_metrics.map((one) => new RegExp(one))
  const exclude = options.exclude_metrics.map((one) => new RegExp(one))
  return (event) => {
    const found: readonly (readonly [string, string | number])[] = options.fields_are_metrics
      ? numbersOf(event.fields, '', options.nested_object_separator)
      : metrics.map(({ name, value }) => [name.print(event), value.print(event)] as const)
    const at = time.get(event)
    const seconds = Math.floor((at instanceof Timestamp ? at.epochMillis : clock.now()) / 1000)
    let lines = ''
    for (const [name, value] of found) {
      if (
        value === '' ||
        !Number.isFinite(Number(value)) ||
        exclude.some((one) => one.test(name)) ||
        !include.some((one) => one.test(name))
      )
        continue
      // Blanks would end a name.
      lines += `${format
        .print(event)
        .replaceAll('*', () => name)
        .replaceAll(/\s+/g, '_')} ${Number(value)} ${seconds}\n`
    }
    return lines
  }
}

function numbersOf(fields: Fields, prefix: string, separator: string): [string, number][] {
  return Object.entries(fields).flatMap(([name, value]: [string, FieldValue | undefined]): [string, number][] => {
    if (isFields(value)) return numbersOf(value, `${prefix}${name}${separator}`, separator)
    const number = value instanceof Float ? value.value : value
    return typeof number === 'number' ? [[prefix + name, number]] : []
  })
}
