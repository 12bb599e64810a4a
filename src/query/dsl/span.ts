import { ElkhornError, illegalArgument, unreachable } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { isText, type BindContext } from '../bind/context.ts'
import type { IntervalRule } from '../interval-rule.ts'
import { clause, clauses, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import {
  bool,
  common,
  int,
  listOf,
  objectAt,
  readObject,
  singleField,
  text,
  valuePlace,
  type Member,
  type Read,
} from './reading.ts'
import { parseTerm } from './term.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `span_term`, `span_near` and their kin: places in a text, and how they lie to each other. */
export interface SpanQuery {
  readonly kind: 'span'
  readonly span: Span
  readonly boost: number | undefined
}

type Span =
  | { readonly kind: 'term'; readonly field: string; readonly term: string }
  /** Terms that a prefix, wildcard, regexp, fuzzy or range query stands for. */
  | { readonly kind: 'multi'; readonly field: string; readonly match: MultiTermQuery }
  | { readonly kind: 'near'; readonly clauses: readonly Span[]; readonly slop: number; readonly inOrder: boolean }
  /** Between two clauses in order: so many positions of anything. */
  | { readonly kind: 'gap'; readonly width: number }
  | { readonly kind: 'or'; readonly clauses: readonly Span[] }
  /** Within so many positions of the beginning. */
  | { readonly kind: 'first'; readonly match: Span; readonly end: number }
  /** None of the others within so many positions in front and behind. */
  | { readonly kind: 'not'; readonly include: Span; readonly exclude: Span; readonly before: number; readonly after: number }
  | { readonly kind: 'containing' | 'within'; readonly big: Span; readonly little: Span }
  /** Counts as one of another field: so spans of several fields can be compared. */
  | { readonly kind: 'masked'; readonly query: Span; readonly field: string }

type MultiTermQuery = Extract<UnboundQuery, { kind: 'prefix' | 'wildcard' | 'regexp' | 'fuzzy' | 'range' }>

const spanQuery = (span: Span, boost: number | undefined): SpanQuery => ({ kind: 'span', span, boost })

const endOf = (json: JsonValue, at: Member) => ({ node: objectAt(json, at), part: 'end' }) as const

export function parseSpanTerm(json: JsonValue, at: Member): SpanQuery {
  const { field, value, boost } = parseTerm(json, at)
  return spanQuery({ kind: 'term', field, term: String(value) }, boost)
}

/** A span, or among those of `span_near` a `span_gap`. */
function spanOrGap(parse: ParseQuery): Read<UnboundQuery> {
  return (json, at) => {
    const gap = isJsonObject(json) ? json['span_gap'] : undefined
    if (gap === undefined) return parse(json, at)
    const { value, at: member } = singleField(gap, { ...at, owner: 'span_gap' })
    return spanQuery({ kind: 'gap', width: int(value, member) }, undefined)
  }
}

export function parseSpanNear(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const read = readObject(json, at, { ...common, clauses: listOf(spanOrGap(parse)), slop: int, in_order: bool })
  if (!read.clauses?.length) throw parsingException('span_near must include [clauses]', endOf(json, at))
  const list = read.clauses.map((one) => innerSpan(one, 'span_near [clauses]', at))
  return spanQuery({ kind: 'near', clauses: list, slop: read.slop ?? 0, inOrder: read.in_order ?? true }, read.boost)
}

export function parseSpanOr(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const read = readObject(json, at, { ...common, clauses: clauses(parse) })
  if (!read.clauses?.length) throw parsingException('span_or must include [clauses]', endOf(json, at))
  return spanQuery({ kind: 'or', clauses: read.clauses.map((one) => innerSpan(one, 'span_or [clauses]', at)) }, read.boost)
}

export function parseSpanFirst(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const { match, end, boost } = readObject(json, at, { ...common, match: clause(parse), end: int })
  if (!match) throw parsingException('span_first must have [match] span query clause', endOf(json, at))
  if (end === undefined) throw parsingException('span_first must have [end] set for it', endOf(json, at))
  if (end < 0) throw illegalArgument('parameter [end] needs to be positive.')
  return spanQuery({ kind: 'first', match: innerSpan(match, 'span_first [match]', at), end }, boost)
}

export function parseSpanNot(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const spec = { include: clause(parse), exclude: clause(parse), dist: int, pre: int, post: int }
  const { include, exclude, dist, pre, post, boost } = readObject(json, at, { ...common, ...spec })
  if (!include) throw parsingException('span_not must have [include] span query clause', endOf(json, at))
  if (!exclude) throw parsingException('span_not must have [exclude] span query clause', endOf(json, at))
  if (dist !== undefined && (pre !== undefined || post !== undefined))
    throw parsingException('span_not can either use [dist] or [pre] & [post] (or none)', endOf(json, at))
  return spanQuery(
    {
      kind: 'not',
      include: innerSpan(include, 'span_not [include]', at),
      exclude: innerSpan(exclude, 'span_not [exclude]', at),
      before: Math.max(0, dist ?? pre ?? 0),
      after: Math.max(0, dist ?? post ?? 0),
    },
    boost,
  )
}

export function parseSpanContaining(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  return containment('containing', json, at, parse)
}

export function parseSpanWithin(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  return containment('within', json, at, parse)
}

function containment(kind: 'containing' | 'within', json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const { big, little, boost } = readObject(json, at, { ...common, big: clause(parse), little: clause(parse) })
  if (!big) throw illegalArgument('inner clause [big] cannot be null.')
  if (!little) throw illegalArgument('inner clause [little] cannot be null.')
  const name = `span_${kind}`
  return spanQuery({ kind, big: innerSpan(big, `${name} [big]`, at), little: innerSpan(little, `${name} [little]`, at) }, boost)
}

export function parseFieldMaskingSpan(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const { query, field, boost } = readObject(json, at, { ...common, query: clause(parse), field: text })
  if (!query) throw parsingException('field_masking_span must have [query] span query clause', endOf(json, at))
  if (field === undefined) throw parsingException('span_field_masking must have [field] set for it', endOf(json, at))
  return spanQuery({ kind: 'masked', query: innerSpan(query, 'field_masking_span [query]', at), field }, boost)
}

export function parseSpanMulti(json: JsonValue, at: Member, parse: ParseQuery): SpanQuery {
  const { match, boost } = readObject(json, at, { ...common, match: clause(parse) })
  if (!match) throw parsingException('[span_multi] must have [match] multi term query clause', endOf(json, at))
  switch (match.kind) {
    case 'prefix':
    case 'wildcard':
    case 'regexp':
    case 'fuzzy':
    case 'range':
      return spanQuery({ kind: 'multi', field: match.field, match }, boost)
    default:
      throw parsingException('[span_multi] [match] must be of type multi term query', valuePlace(at))
  }
}

function innerSpan(query: UnboundQuery, what: string, at: Member): Span {
  if (query.kind !== 'span') throw parsingException(`${what} must be of type span query`, valuePlace(at))
  const { span, boost = 1 } = query
  if (boost === 1) return span
  const printed = Number.isInteger(boost) ? boost.toFixed(1) : String(boost)
  throw parsingException(`${what} as a nested span clause can't have non-default boost value [${printed}]`, valuePlace(at))
}

export function bindSpan({ span, boost }: SpanQuery, context: BindContext, bind: BindQuery): Query {
  checkFields(span)
  const rule = bindRule(span, context, bind)
  if (!rule) return matchNone
  // By itself a masked span scores in its own field.
  const scored = fieldOf(span.kind === 'masked' ? span.query : span)
  return withBoost({ kind: 'intervals', rule, scoredBy: context.fields.find(scored)?.path ?? '' }, boost)
}

/** `undefined` for what no text holds. */
function bindRule(span: Span, context: BindContext, bind: BindQuery): IntervalRule | undefined {
  const ruleOf = (one: Span): IntervalRule | undefined => bindRule(one, context, bind)
  switch (span.kind) {
    case 'term': {
      const field = context.fields.find(span.field)
      if (!field) return undefined
      if (!isText(field)) {
        const reason = `field "${span.field}" was indexed without position data; cannot run SpanTermQuery (term=${span.term})`
        throw new ElkhornError('illegal_state_exception', 400, reason)
      }
      return { kind: 'tokens', field: field.path, tokens: [span.term] }
    }
    case 'multi':
      return termsRule(bind(span.match, context))
    case 'gap':
      return { kind: 'gap', width: span.width }
    case 'near': {
      const rules = span.clauses.map(ruleOf)
      const present = rules.filter((rule) => rule !== undefined)
      const [only] = present
      if (!only || present.length < rules.length) return undefined
      if (rules.length === 1) return only
      return { kind: 'all_of', rules: present, ordered: span.inOrder, maxGaps: Math.max(0, span.slop), all: true }
    }
    case 'or': {
      const rules = span.clauses.map(ruleOf).filter((rule) => rule !== undefined)
      return rules.length === 0 ? undefined : { kind: 'any_of', rules, all: true }
    }
    case 'first': {
      const rule = ruleOf(span.match)
      return rule && { kind: 'first', rule, end: span.end }
    }
    case 'not': {
      const [rule, to] = [ruleOf(span.include), ruleOf(span.exclude)]
      const { before, after } = span
      return rule && to ? { kind: 'related', rule, relation: 'not_overlapping', to, before, after } : rule
    }
    case 'containing':
    case 'within': {
      const [big, little] = [ruleOf(span.big), ruleOf(span.little)]
      if (!big || !little) return undefined
      return span.kind === 'containing'
        ? { kind: 'related', rule: big, relation: 'containing', to: little }
        : { kind: 'related', rule: little, relation: 'contained_by', to: big }
    }
    case 'masked':
      return ruleOf(span.query)
    default:
      return unreachable(span)
  }
}

/** The places of all terms that a query over one field finds. */
function termsRule(query: Query): IntervalRule | undefined {
  switch (query.kind) {
    case 'pattern':
      return { kind: 'pattern', field: query.field, pattern: query.pattern }
    case 'range':
      return { kind: 'between', field: query.field, bounds: query.bounds }
    case 'tokens':
      return { kind: 'tokens', field: query.field, tokens: query.tokens }
    case 'terms':
      return { kind: 'tokens', field: query.field, tokens: query.values.map(String) }
    case 'constant_score':
      return termsRule(query.query)
    default:
      return undefined
  }
}

/** The field that a span counts as one of. */
function fieldOf(span: Span): string {
  switch (span.kind) {
    case 'near':
    case 'or': {
      const first = span.clauses.find(({ kind }) => kind !== 'gap')
      return first ? fieldOf(first) : ''
    }
    case 'first':
      return fieldOf(span.match)
    case 'not':
      return fieldOf(span.include)
    case 'containing':
    case 'within':
      return fieldOf(span.big)
    case 'gap':
      return ''
    default:
      return span.field
  }
}

/** @throws ElkhornError 400 where spans of different fields are compared */
function checkFields(span: Span): void {
  switch (span.kind) {
    case 'near':
    case 'or':
      for (const one of span.clauses) {
        checkFields(one)
        if (one.kind !== 'gap' && fieldOf(one) !== fieldOf(span))
          throw illegalArgument(
            span.kind === 'or'
              ? 'Clauses must have same field.'
              : `Cannot add clause on [${fieldOf(one)}] to SpanNearQuery for field ${fieldOf(span)}`,
          )
      }
      return
    case 'first':
      checkFields(span.match)
      return
    case 'masked':
      checkFields(span.query)
      return
    case 'not':
      checkSame(span.include, span.exclude)
      return
    case 'containing':
    case 'within':
      checkSame(span.big, span.little)
      return
    default:
  }
}

function checkSame(a: Span, b: Span): void {
  checkFields(a)
  checkFields(b)
  if (fieldOf(a) !== fieldOf(b)) throw illegalArgument('Clauses must have same field.')
}
