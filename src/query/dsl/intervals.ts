import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { matchNone, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { isText, queryShardException, searchAnalyzer, type BindContext } from '../bind/context.ts'
import { parseFuzziness } from '../bind/fuzziness.ts'
import { segments } from '../bind/token-graph.ts'
import type { Field } from '../field.ts'
import type { IntervalRelation, IntervalRule } from '../interval-rule.ts'
import { parsingException } from './errors.ts'
import { bool, boost, int, objectAt, oneOf, raw, readObject, singleField, text, type Member } from './reading.ts'

/** `{ "intervals": { "message": { "match": { "query": "disk full", "max_gaps": 0, "ordered": true } } } }` */
export interface IntervalsQuery {
  readonly kind: 'intervals'
  readonly field: string
  readonly rule: UnboundRule
  readonly boost: number | undefined
}

/** A rule as it was asked; `filter` says how what it finds lies to what another one finds. */
type UnboundRule = { readonly filter: { readonly relation: IntervalRelation; readonly to: UnboundRule } | undefined } & (
  | {
      readonly kind: 'match'
      readonly query: string
      readonly maxGaps: number
      readonly ordered: boolean
      readonly analyzer: string | undefined
      readonly useField: string | undefined
    }
  | {
      readonly kind: 'prefix' | 'wildcard' | 'regexp' | 'fuzzy'
      readonly pattern: string
      readonly analyzer: string | undefined
      readonly useField: string | undefined
      readonly fuzziness: string
      readonly prefixLength: number
    }
  | { readonly kind: 'all_of'; readonly rules: readonly UnboundRule[]; readonly maxGaps: number; readonly ordered: boolean }
  | { readonly kind: 'any_of'; readonly rules: readonly UnboundRule[] }
)

const RULES = ['match', 'prefix', 'wildcard', 'regexp', 'fuzzy', 'all_of', 'any_of'] as const
const RELATIONS: readonly IntervalRelation[] = [
  'containing',
  'contained_by',
  'not_containing',
  'not_contained_by',
  'overlapping',
  'not_overlapping',
  'before',
  'after',
]
const MAX_DEPTH = 20

export function parseIntervals(json: JsonValue, at: Member): IntervalsQuery {
  const { field, value, at: member } = singleField(json, at, [])
  const node = objectAt(value, member)
  const { boost: factor, _name: _named, ...rule } = node
  return {
    kind: 'intervals',
    field,
    rule: parseRule(rule, { ...member, node }, 0),
    boost: factor === undefined ? undefined : boost(factor, { node, key: 'boost', owner: at.owner }),
  }
}

/** `{ "match": { … } }` and the like: exactly one rule. */
function parseRule(json: JsonObject, at: Member, depth: number): UnboundRule {
  if (depth > MAX_DEPTH) throw illegalArgument(`[intervals] rules are nested deeper than [${MAX_DEPTH}]`)
  const [name, second] = Object.keys(json)
  if (name === undefined)
    throw parsingException('Missing intervals from interval query definition', { node: at.node, part: 'end' })
  if (second !== undefined)
    throw parsingException(`Only one interval rule can be specified, found [${name}] and [${second}]`, {
      node: at.node,
      part: { value: second },
    })
  const kind = RULES.find((one) => one === name)
  if (!kind)
    throw parsingException(`Unknown interval type [${name}], expecting one of [${RULES.join(', ')}]`, {
      node: at.node,
      part: { value: name },
    })
  const member = { node: json, key: name, owner: 'intervals' }
  const body = objectAt(json[name] ?? null, member)
  const ordering = { ordered: bool, mode: oneOf('ordered', 'unordered', 'unordered_no_overlap'), max_gaps: int, filter: raw }
  switch (kind) {
    case 'match': {
      const read = readObject(body, member, { ...ordering, query: text, analyzer: text, use_field: text })
      return {
        kind,
        query: read.query ?? '',
        maxGaps: read.max_gaps ?? -1,
        ordered: read.ordered ?? read.mode === 'ordered',
        analyzer: read.analyzer,
        useField: read.use_field,
        filter: parseFilter(read.filter, member, depth),
      }
    }
    case 'all_of': {
      const read = readObject(body, member, { ...ordering, intervals: raw })
      return {
        kind,
        rules: parseRules(read.intervals, member, depth),
        maxGaps: read.max_gaps ?? -1,
        ordered: read.ordered ?? read.mode === 'ordered',
        filter: parseFilter(read.filter, member, depth),
      }
    }
    case 'any_of': {
      const read = readObject(body, member, { intervals: raw, filter: raw })
      return { kind, rules: parseRules(read.intervals, member, depth), filter: parseFilter(read.filter, member, depth) }
    }
    default: {
      const read = readObject(body, member, {
        prefix: text,
        pattern: text,
        term: text,
        analyzer: text,
        use_field: text,
        fuzziness: text,
        prefix_length: int,
        transpositions: bool,
        max_expansions: int,
        case_insensitive: bool,
        flags: text,
        flags_value: int,
      })
      const pattern = read.prefix ?? read.pattern ?? read.term
      if (pattern === undefined) throw parsingException(`[${kind}] of [intervals] needs its text`, { node: body, part: 'end' })
      return {
        kind,
        pattern,
        analyzer: read.analyzer,
        useField: read.use_field,
        fuzziness: read.fuzziness ?? 'AUTO',
        prefixLength: read.prefix_length ?? 0,
        filter: undefined,
      }
    }
  }
}

function parseRules(json: JsonValue | undefined, at: Member, depth: number): readonly UnboundRule[] {
  if (!Array.isArray(json))
    throw parsingException(`[${String(at.key)}] of [intervals] needs a list of [intervals]`, { node: at.node, part: 'end' })
  return json.map((one: JsonValue, i) => {
    const member = { node: json, key: i, owner: 'intervals' }
    return parseRule(objectAt(one, member), member, depth + 1)
  })
}

function parseFilter(json: JsonValue | undefined, at: Member, depth: number): UnboundRule['filter'] {
  if (json === undefined) return undefined
  const node = isJsonObject(json) ? json : {}
  const [name] = Object.keys(node)
  const relation = RELATIONS.find((one) => one === name)
  if (relation === undefined)
    throw illegalArgument(`[filter] of [intervals] must be one of [${RELATIONS.join(', ')}], got [${name ?? ''}]`)
  const member = { node, key: relation, owner: 'intervals' }
  return { relation, to: parseRule(objectAt(node[relation] ?? null, { ...at, ...member }), member, depth + 1) }
}

export function bindIntervals({ field: path, rule, boost: factor }: IntervalsQuery, context: BindContext): Query {
  const field = context.fields.find(path)
  if (!field) return matchNone
  requireText(field)
  const bound = bindRule(rule, field, context)
  return bound ? withBoost({ kind: 'intervals', rule: bound }, factor) : matchNone
}

function requireText(field: Field): void {
  if (!isText(field))
    throw illegalArgument(
      `Can only use interval queries on text fields - not on [${field.path}] which is of type [${field.type}]`,
    )
}

/** `undefined` for a rule that finds nothing. */
function bindRule(rule: UnboundRule, outer: Field, context: BindContext): IntervalRule | undefined {
  const bound = bindPlain(rule, outer, context)
  if (!bound || !rule.filter) return bound
  const { relation, to } = rule.filter
  const other = bindRule(to, outer, context)
  if (other) return { kind: 'related', rule: bound, relation, to: other }
  return relation.startsWith('not_') ? bound : undefined
}

function bindPlain(rule: UnboundRule, outer: Field, context: BindContext): IntervalRule | undefined {
  switch (rule.kind) {
    case 'match': {
      const field = fieldOf(rule.useField, outer, context)
      const tokens = searchAnalyzer(field, rule.analyzer, context).analyze(rule.query)
      const parts = segments(tokens).map(({ ways }) =>
        anyRule(
          ways.map((way) =>
            allRule(
              way.map(({ term }) => leaf(field, term)),
              true,
              0,
            ),
          ),
        ),
      )
      return parts.length === 0 ? undefined : allRule(parts, rule.ordered, rule.maxGaps)
    }
    case 'any_of': {
      const rules = rule.rules.map((one) => bindRule(one, outer, context)).filter((one) => one !== undefined)
      return rules.length === 0 ? undefined : anyRule(rules)
    }
    case 'all_of': {
      const rules = rule.rules.map((one) => bindRule(one, outer, context))
      const present = rules.filter((one) => one !== undefined)
      return present.length < rules.length || present.length === 0 ? undefined : allRule(present, rule.ordered, rule.maxGaps)
    }
    default: {
      const field = fieldOf(rule.useField, outer, context)
      const analyzer = searchAnalyzer(field, rule.analyzer, context)
      if (rule.kind === 'regexp')
        return { kind: 'pattern', field: field.path, pattern: { kind: 'regexp', regexp: rule.pattern, ignoreCase: false } }
      const written =
        rule.kind === 'wildcard'
          ? normalizeWildcard(rule.pattern, (part) => analyzer.normalize(part))
          : analyzer.normalize(rule.pattern)
      if (rule.kind === 'prefix')
        return { kind: 'pattern', field: field.path, pattern: { kind: 'prefix', prefix: written, ignoreCase: false } }
      if (rule.kind === 'wildcard')
        return { kind: 'pattern', field: field.path, pattern: { kind: 'wildcard', wildcard: written, ignoreCase: false } }
      const edits = parseFuzziness(rule.fuzziness).edits(written)
      return { kind: 'near', field: field.path, term: written, edits, prefixLength: rule.prefixLength }
    }
  }
}

const normalizeWildcard = (pattern: string, normalize: (part: string) => string): string =>
  pattern.replace(/[^*?\\]+/g, (part) => normalize(part))

const leaf = (field: Field, term: string): IntervalRule => ({ kind: 'tokens', field: field.path, tokens: [term] })

function anyRule(rules: readonly IntervalRule[]): IntervalRule {
  const [only] = rules
  return only && rules.length === 1 ? only : { kind: 'any_of', rules }
}

function allRule(all: readonly IntervalRule[], ordered: boolean, maxGaps: number): IntervalRule {
  const rules = ordered ? all : repeatedInOrder(all)
  const [only] = rules
  return only && rules.length === 1 ? only : { kind: 'all_of', rules, ordered, maxGaps }
}

/** The same rule several times asks for as many places, not for one several times. */
function repeatedInOrder(rules: readonly IntervalRule[]): readonly IntervalRule[] {
  const same = new Map<string, IntervalRule[]>()
  for (const rule of rules) {
    const key = printJson(rule)
    same.set(key, [...(same.get(key) ?? []), rule])
  }
  return [...same.values()].flatMap(([first, ...others]): IntervalRule[] => {
    if (!first) return []
    return others.length === 0 ? [first] : [{ kind: 'all_of', rules: [first, ...others], ordered: true, maxGaps: -1 }]
  })
}

function fieldOf(path: string | undefined, outer: Field, context: BindContext): Field {
  if (path === undefined) return outer
  const field = context.fields.find(path)
  if (!field) throw queryShardException(context, `Cannot use field [${path}] as it does not exist`)
  requireText(field)
  return field
}
