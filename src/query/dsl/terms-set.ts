import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { aggregationContext } from '../../script/painless/contexts/document-values.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { computedFields, queryShardException, type BindContext } from '../bind/context.ts'
import { isScalar, termQuery } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { addScript } from '../computed/computed-fields.ts'
import type { FieldValue } from '../field.ts'
import { NUMBERS } from '../field-kinds.ts'
import { parsingException } from './errors.ts'
import { common, listOf, raw, readObject, singleField, text, type Member, type Read } from './reading.ts'

/** `{ "terms_set": { "codes": { "terms": ["a", "b"], "minimum_should_match_field": "required" } } }` */
export interface TermsSetQuery {
  readonly kind: 'terms_set'
  readonly field: string
  readonly terms: readonly Scalar[]
  /** How many of the terms a document needs: one of its fields says, or a script. */
  readonly minimum: { readonly field: string } | { readonly script: ScriptReference }
  readonly boost: number | undefined
}

const term: Read<Scalar> = (value) => {
  if (isScalar(value)) return value
  throw illegalArgument('[terms_set] takes single values as [terms]')
}

export function parseTermsSet(json: JsonValue, at: Member): TermsSetQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const spec = { ...common, terms: listOf(term), minimum_should_match_field: text, minimum_should_match_script: raw }
  const read = readObject(value, member, spec)
  const { terms = [], minimum_should_match_field: minimumField, minimum_should_match_script: script } = read
  if (minimumField !== undefined && script !== undefined)
    throw illegalArgument('A script has already been specified. Cannot specify both a field and script')
  if (minimumField === undefined && script === undefined)
    throw parsingException('[minimum_should_match_field] or [minimum_should_match_script] is required for [terms_set]', {
      node: member.node,
      part: 'end',
    })
  const minimum = minimumField === undefined ? { script: parseScriptReference(script ?? null) } : { field: minimumField }
  return { kind: 'terms_set', field, terms, minimum, boost: read.boost }
}

/** The number of matching terms decides who matches, and each of them scores. */
export function bindTermsSet({ field: path, terms, minimum, boost }: TermsSetQuery, context: BindContext): Query {
  if (terms.length > context.limits.maxTerms) {
    throw illegalArgument(
      `The number of terms [${terms.length}] used in the Terms Set Query request has exceeded the allowed maximum of [${context.limits.maxTerms}].`,
    )
  }
  const field = context.fields.find(path)
  const minimumField = minimumOf(minimum, terms.length, context)
  if (!field || terms.length === 0) return matchNone
  // A term that is given twice counts twice.
  const each = terms.map((value) => termQuery(field, value, context)).filter(({ kind }) => kind !== 'none')
  const values = each.flatMap(exactValues)
  if (values.length < each.length)
    throw illegalArgument(`[terms_set] on [${path}] of type [${field.type}] takes exact values alone`)
  if (values.length === 0) return matchNone
  const enough: Query = { kind: 'terms_set', field: field.path, values, minimumField }
  const query: Query = { kind: 'bool', must: [], filter: [enough], should: each, mustNot: [], minimumShouldMatch: 0 }
  return withBoost(query, boost)
}

function exactValues(query: Query): readonly FieldValue[] {
  switch (query.kind) {
    case 'terms':
      return query.values
    case 'tokens':
      return query.tokens
    case 'constant_score':
      return exactValues(query.query)
    default:
      return []
  }
}

function minimumOf(minimum: TermsSetQuery['minimum'], count: number, context: BindContext): string {
  if ('field' in minimum) {
    const field = context.fields.find(minimum.field)
    if (!field) throw queryShardException(context, `failed to find minimum_should_match field [${minimum.field}]`)
    if (!NUMBERS.includes(field.type) || !field.parameters.docValues)
      throw illegalArgument(
        `[minimum_should_match_field] [${field.path}] of type [${field.type}] holds no numbers to compare with`,
      )
    return field.path
  }
  const { script } = minimum
  const reference: ScriptReference = { ...script, params: { ...script.params, num_terms: count } }
  return addScript({ reference, context: aggregationContext, type: 'long' }, [computedFields(context)])
}
