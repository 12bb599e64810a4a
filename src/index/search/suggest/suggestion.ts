import { TEXTS } from '../../../query/field-kinds.ts'
import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { printJson } from '../../../core/print-json.ts'
import { parsingException } from '../../../query/dsl/errors.ts'
import type { Analyzer } from '../../../query/analysis/token.ts'
import { searchAnalyzer } from '../../../query/bind/context.ts'
import type { Field } from '../../../query/field.ts'
import type { IndexContext } from '../../index-context.ts'
import { printScore } from '../print-hit.ts'
import type { SearchedIndex } from '../targets.ts'

export const SUGGESTERS = ['term', 'phrase', 'completion'] as const
export type Suggester = (typeof SUGGESTERS)[number]

/** One named suggestion of a request. */
export interface Suggestion {
  readonly name: string
  readonly suggester: Suggester
  /** `text`, or `prefix` and `regex` of completions. */
  readonly text: string
  readonly isRegex: boolean
  readonly options: JsonObject
}

/** What suggesters ask of the indices. */
export interface SuggestContext {
  readonly context: IndexContext
  readonly searched: readonly SearchedIndex[]
  readonly signal: AbortSignal
}

/** A part of the text with what may stand for it, as answers have it. */
export interface SuggestedPart {
  readonly text: string
  readonly offset: number
  readonly length: number
  readonly options: readonly JsonObject[]
}

/**
 * Reads `suggest`: a text for all, and suggestions by name.
 * @throws ElkhornError `parsing_exception`, `illegal_argument_exception` (400)
 */
export function parseSuggest(json: JsonValue): readonly Suggestion[] {
  if (!isJsonObject(json)) throw illegalArgument('[suggest] must be an object')
  const common = typeof json['text'] === 'string' ? json['text'] : undefined
  return Object.entries(json).flatMap(([name, value]) =>
    name === 'text' || value === undefined ? [] : [parseOne(name, value, common, json)],
  )
}

function parseOne(name: string, value: JsonValue, common: string | undefined, node: JsonObject): Suggestion {
  if (!isJsonObject(value))
    throw parsingException(`[suggest] unknown token for [${name}]: an object was expected`, { node, part: { value: name } })
  let text = common
  let isRegex = false
  let found: { readonly suggester: Suggester; readonly options: JsonObject } | undefined
  for (const [key, member] of Object.entries(value)) {
    if (key === 'text' || key === 'prefix' || key === 'regex') {
      if (typeof member === 'object') throw illegalArgument(`[${key}] of suggestion [${name}] must be a text`)
      text = String(member)
      isRegex = key === 'regex'
    } else {
      const suggester = SUGGESTERS.find((one) => one === key)
      if (!suggester || !isJsonObject(member)) throw illegalArgument(`suggester with type [${key}] not supported`)
      found = { suggester, options: member }
    }
  }
  if (!found) throw illegalArgument(`suggestion [${name}] needs one of [${SUGGESTERS.join(', ')}]`)
  if (text === undefined)
    throw illegalArgument(`The required text option is missing: give suggestion [${name}] a [text], [prefix] or [regex]`)
  if (typeof found.options['field'] !== 'string')
    throw new ElkhornError('parse_exception', 400, 'the required field option [field] is missing')
  return { name, text, isRegex, ...found }
}

/** The field in an index. @throws ElkhornError where the index does not have it */
export function suggestedField({ options }: Suggestion, { bind }: SearchedIndex): Field {
  const name = String(options['field'])
  const field = bind.fields.find(name)
  if (!field) throw illegalArgument(`no mapping found for field [${name}]`)
  return field
}

/** The analyzer that makes terms of the text: the one asked for, or the field's own; a keyword stays whole. */
export function suggestAnalyzer({ options }: Suggestion, field: Field, { bind }: SearchedIndex): Analyzer {
  const asked = options['analyzer']
  if (typeof asked === 'string') {
    const analyzer = bind.analysis.findAnalyzer(asked)
    if (!analyzer) throw illegalArgument(`analyzer [${asked}] doesn't exists`)
    return analyzer
  }
  if (TEXTS.includes(field.type)) return searchAnalyzer(field, undefined, bind)
  const { normalizer } = field.parameters
  const keyword = normalizer === undefined ? bind.analysis.findAnalyzer('keyword') : bind.analysis.findNormalizer(normalizer)
  if (!keyword) throw new Error('there is no keyword analyzer')
  return keyword
}

/** A score as answers show it: the shortest number that is the same 32-bit float. */
export const shownScore = (score: number): number => Number(printScore(score))

export function intOption(options: JsonObject, name: string, otherwise: number): number {
  const value = options[name]
  if (value === undefined || value === null) return otherwise
  const number = Number(value)
  if (!Number.isInteger(number)) throw illegalArgument(`[${name}] must be a whole number, got [${printJson(value)}]`)
  return number
}

export function numberOption(options: JsonObject, name: string, otherwise: number): number {
  const value = options[name]
  if (value === undefined || value === null) return otherwise
  const number = Number(value)
  if (Number.isNaN(number)) throw illegalArgument(`[${name}] must be a number, got [${printJson(value)}]`)
  return number
}
