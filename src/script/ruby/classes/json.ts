import { Float, printFloat } from '../../../core/float.ts'
import { parseEventJson } from '../../../core/event-json.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { fromField } from '../convert.ts'
import { JsonParserError, raise } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { toText, truthy } from '../semantics.ts'
import { RHash, RString, RSymbol, type Value } from '../value.ts'

const MAX_DEPTH = 100

/** `JSON.generate` and `to_json`; `indent` for the pretty form. */
export function generateJson(machine: Machine, value: Value, indent = '', depth = 0): string {
  if (depth > MAX_DEPTH) return raise(JsonParserError, `nesting of ${MAX_DEPTH} is too deep`)
  machine.step()
  const inner = '  '.repeat(depth + 1)
  const close = indent === '' ? '' : `\n${'  '.repeat(depth)}`
  const open = indent === '' ? '' : `\n${inner}`
  const between = indent === '' ? ',' : `,\n${inner}`
  if (Array.isArray(value)) {
    return value.length === 0
      ? '[]'
      : `[${open}${value.map((one) => generateJson(machine, one, indent, depth + 1)).join(between)}${close}]`
  }
  if (value instanceof RHash) {
    if (value.size === 0) return '{}'
    const pairs = value
      .pairs()
      .map(
        ([key, one]) =>
          `${JSON.stringify(toText(key))}:${indent === '' ? '' : ' '}${generateJson(machine, one, indent, depth + 1)}`,
      )
    return `{${open}${pairs.join(between)}${close}}`
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value === null ? 'null' : String(value)
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? Number.isInteger(value)
        ? String(value)
        : printFloat(value)
      : raise(JsonParserError, `${value} not allowed in JSON`)
  if (value instanceof Float) return printFloat(value.value)
  const written = JSON.stringify(value instanceof Timestamp ? value.toString() : toText(value))
  machine.allocate(written.length)
  return written
}

/** `JSON.parse`; with `symbolize_names: true` keys are symbols. @throws RubyError `JSON::ParserError` */
export function parseJson(machine: Machine, written: string, options: Value | undefined): Value {
  machine.allocate(written.length)
  let parsed: Value
  try {
    parsed = fromField(parseEventJson(written))
  } catch (error) {
    return raise(
      JsonParserError,
      `unexpected token at '${written.slice(0, 100)}'${error instanceof Error ? ` (${error.message})` : ''}`,
    )
  }
  const symbols = options instanceof RHash && truthy(options.get(new RSymbol('symbolize_names')) ?? null)
  return symbols ? symbolized(parsed) : parsed
}

function symbolized(value: Value): Value {
  if (Array.isArray(value)) return value.map(symbolized)
  if (!(value instanceof RHash)) return value
  return RHash.of(value.pairs().map(([key, one]) => [key instanceof RString ? new RSymbol(key.value) : key, symbolized(one)]))
}
