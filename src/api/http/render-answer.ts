import { stringify } from 'yaml'
import { DecimalLiteral, parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import { filterJson, type PathFilter } from './filter-path.ts'
import type { ResponseFormat } from './media-type.ts'
import type { Answer } from './route.ts'

export interface RenderOptions {
  readonly format: ResponseFormat
  readonly pretty: boolean
  readonly filter: PathFilter | undefined
}

/** The bytes of an answer: filtered, indented or as YAML where that was asked for. Numbers stay as they were written. */
export function renderAnswer(answer: Answer, options: RenderOptions): Buffer {
  const { format, pretty, filter } = options
  const printed = answer.bytes ?? (answer.text === undefined ? undefined : Buffer.from(answer.text, 'utf8'))
  const untouched =
    printed?.length === 0 ||
    !isJson(answer) ||
    format.kind === 'text' ||
    (!pretty && format.kind !== 'yaml' && (filter === undefined || answer.filtered === true))
  if (printed && untouched) return printed
  return Buffer.from(renderValue(printed ? parseJsonLiterals(printed.toString('utf8')) : answer.json, answer, options), 'utf8')
}

/** What says itself that it is something else is sent as it is. */
const isJson = ({ headers }: Answer): boolean => headers?.['content-type']?.includes('json') ?? true

function renderValue(json: unknown, answer: Answer, { format, pretty, filter }: RenderOptions): string {
  let value = json
  if (filter !== undefined && answer.filtered !== true) value = filterJson(value, filter)
  if (format.kind === 'yaml') return stringify(toYamlValue(value), { directives: true })
  return pretty ? `${printIndented(value, '')}\n` : printJson(value)
}

function toYamlValue(value: unknown): unknown {
  if (value instanceof DecimalLiteral) return value.value
  if (Array.isArray(value)) return value.map(toYamlValue)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toYamlValue(member)]))
  }
  return value
}

/** Two blanks a level and `"key" : value`, as Elasticsearch prints. */
function printIndented(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || value instanceof DecimalLiteral) return printJson(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]'
    return `[\n${value.map((element: unknown) => inner + printIndented(element, inner)).join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{ }'
  return `{\n${members.map(([key, member]) => `${inner}${JSON.stringify(key)} : ${printIndented(member, inner)}`).join(',\n')}\n${indent}}`
}
