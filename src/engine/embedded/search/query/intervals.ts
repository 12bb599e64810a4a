import { unreachable } from '../../../../core/errors.ts'
import type { Bounds } from '../../../../query/ast.ts'
import { type IntervalPattern, type IntervalRelation, type IntervalRule, leastWidth } from '../../../../query/interval-rule.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { indexedToken } from '../../token-column.ts'
import type { Expansions } from '../terms/expand.ts'
import { patternTest } from '../terms/pattern-test.ts'
import { anyIndexed, exists } from './column-test.ts'
import { and, type Condition, leaf, NEVER, or } from './condition.ts'
import { textOf } from './literal.ts'

type FindColumn = (field: string) => StoredColumn | undefined

/** Documents in which a rule finds a stretch of text: the index narrows them down, then positions are compared. */
export function intervalsCondition(rule: IntervalRule, column: FindColumn, expansions: Expansions): Condition {
  const candidates = candidatesOf(rule, column, expansions)
  if (candidates.kind === 'never') return NEVER
  return and([candidates, leaf(sql`notEmpty(${new IntervalsSql(column, expansions).of(rule)})`, { nullable: false })])
}

/** How often a rule finds something, long stretches counting less (SpanScorer). */
export function intervalFrequency(rule: IntervalRule, column: FindColumn, expansions: Expansions): Sql {
  const found = new IntervalsSql(column, expansions).of(rule)
  return sql`arraySum(one -> 1 / (1 + greatest(0, one.2 - one.1 + 1 - one.3)), ${found})`
}

/**
 * How often a rule is found, a stretch that is wider than it has to be for less: the frequency that Lucene's IntervalScorer
 * has. 0 in other documents.
 */
export function narrowFrequency(rule: IntervalRule, column: FindColumn, expansions: Expansions): Sql {
  const spans = sql`arrayDistinct(arrayMap(v0 -> (v0.1, v0.2), ${new IntervalsSql(column, expansions).of(rule)}))`
  return sql`arraySum(v0 -> 1 / greatest(v0.2 - v0.1 + 2 - ${leastWidth(rule)}, 1), ${spans})`
}

/** The tokens that a pattern of a rule stands for, where they were looked up. */
export function expandedTokens(pattern: IntervalPattern, expansions: Expansions): readonly string[] | undefined {
  const expansion = expansions.get(pattern)
  return expansion?.kind === 'terms' ? expansion.terms.map(({ term }) => term) : undefined
}

function candidatesOf(rule: IntervalRule, column: FindColumn, expansions: Expansions): Condition {
  const inner = (one: IntervalRule): Condition => candidatesOf(one, column, expansions)
  const on = (field: string, test: (column: StoredColumn) => Condition): Condition => {
    const found = column(field)
    return found?.storage === 'tokens' ? test(found) : NEVER
  }
  switch (rule.kind) {
    case 'tokens':
      return on(rule.field, (found) => anyIndexed(found, sql`${rule.tokens.map(indexedToken)}`))
    case 'pattern': {
      const tokens = expandedTokens(rule, expansions)
      if (tokens?.length === 0) return NEVER
      return on(rule.field, (found) => (tokens ? anyIndexed(found, sql`${tokens}`) : exists(found)))
    }
    case 'near':
    case 'between':
      return on(rule.field, exists)
    case 'any_of':
      return or(rule.rules.map(inner))
    case 'all_of':
      return and(rule.rules.filter(({ kind }) => kind !== 'gap').map(inner))
    case 'gap':
      return NEVER
    case 'first':
      return inner(rule.rule)
    case 'related':
      return rule.relation.startsWith('not_') ? inner(rule.rule) : and([inner(rule.rule), inner(rule.to)])
    default:
      return unreachable(rule)
  }
}

/** Rules as arrays of `(start, end, covered)`; `memory/intervals.ts` does the same step by step. */
class IntervalsSql {
  readonly #column: FindColumn
  readonly #expansions: Expansions
  #names = 0

  constructor(column: FindColumn, expansions: Expansions) {
    this.#column = column
    this.#expansions = expansions
  }

  of(rule: IntervalRule): Sql {
    switch (rule.kind) {
      case 'tokens': {
        const tokens = rule.tokens.map(indexedToken)
        return this.#places(rule.field, (part) => sql`${part} IN ${tokens}`)
      }
      case 'pattern': {
        const { pattern } = rule
        const tokens = expandedTokens(rule, this.#expansions)
        if (tokens) return tokens.length === 0 ? EMPTY : this.#places(rule.field, (part) => sql`${part} IN ${tokens}`)
        if (pattern.kind === 'fuzzy') throw new Error('a fuzzy pattern was not expanded')
        return this.#places(rule.field, (part) => sql`(${isToken(part)} AND ${patternTest(part, pattern)})`)
      }
      case 'between':
        return this.#places(rule.field, (part) => {
          const tests = Object.entries(rule.bounds).map(
            ([end, value]) => sql`${part} ${OPERATORS[end as keyof Bounds]} ${textOf(value)}`,
          )
          return sql`(${joinSql([isToken(part), sql`${part} != ''`, ...tests], ' AND ')})`
        })
      case 'near': {
        const prefix = Array.from(rule.term).slice(0, rule.prefixLength).join('')
        return this.#places(
          rule.field,
          (part) => sql`(startsWith(${part}, ${prefix}) AND editDistanceUTF8(${part}, ${rule.term}) <= ${rule.edits})`,
        )
      }
      case 'any_of': {
        const found = sql`arrayFlatten(${this.#lists(rule.rules)})`
        return rule.all === true ? found : this.#shortest(found)
      }
      case 'all_of':
        return this.#combine(rule)
      case 'gap':
        return EMPTY
      case 'first': {
        const one = this.#name()
        return sql`arrayFilter(${one} -> ${one}.2 < ${rule.end + FIRST_POSITION}, ${this.of(rule.rule)})`
      }
      case 'related':
        return this.#bound(this.of(rule.to), (others) => {
          const [one, wider] = [this.#name(), this.#name()]
          const { before = 0, after = 0 } = rule
          const test = (of: Sql): Sql => related(of, others, rule.relation, this.#name())
          const widened = sql`arrayExists(${wider} -> ${test(wider)}, [(${one}.1 - ${before}, ${one}.2 + ${after}, ${one}.3)])`
          return sql`arrayFilter(${one} -> ${before + after === 0 ? test(one) : widened}, ${this.of(rule.rule)})`
        })
      default:
        return unreachable(rule)
    }
  }

  /** A name for a value that stands in several places. */
  #bound(value: Sql, body: (name: Sql) => Sql): Sql {
    const name = this.#name()
    return sql`arrayMap(${name} -> ${body(name)}, [${value}])[1]`
  }

  #name(): Sql {
    this.#names += 1
    return { kind: 'sql', text: `v${this.#names}` }
  }

  #places(field: string, test: (part: Sql) => Sql): Sql {
    return this.#parts(field, (positions, parts) => this.#standing(positions, parts, test))
  }

  /** The tokens of a document, and where each of them stands. */
  #parts(field: string, body: (positions: Sql, parts: Sql) => Sql): Sql {
    const column = this.#column(field)
    if (!column) return EMPTY
    const part = this.#name()
    return this.#bound(sql`splitByChar(${'\x01'}, ${identifier(column.name)})`, (parts) => {
      // As in `phrase.ts`: after the pseudo-token of a gap the next one stands so much further.
      const positions = sql`arrayCumSum(${part} -> if(startsWith(${part}, ${'\x02>'}), toInt64OrZero(substring(${part}, 3)), 1), ${parts})`
      return this.#bound(positions, (bound) => body(bound, parts))
    })
  }

  #standing(positions: Sql, parts: Sql, test: (part: Sql) => Sql): Sql {
    const [part, p] = [this.#name(), this.#name()]
    const found = sql`arrayFilter((${p}, ${part}) -> ${test(part)}, ${positions}, ${parts})`
    return sql`arrayMap(${p} -> (toInt64(${p}), toInt64(${p}), toInt64(1)), ${found})`
  }

  #shortest(list: Sql): Sql {
    const [one, other] = [this.#name(), this.#name()]
    return this.#bound(
      list,
      (all) =>
        sql`arrayFilter(${one} -> NOT arrayExists(${other} -> ${other}.1 >= ${one}.1 AND ${other}.2 <= ${one}.2 AND ${other}.2 - ${other}.1 < ${one}.2 - ${one}.1, ${all}), ${all})`,
    )
  }

  #combine({ rules, ordered, maxGaps, all = false }: Extract<IntervalRule, { kind: 'all_of' }>): Sql {
    const joined = ordered ? this.#inOrder(rules) : this.#inAnyOrder(rules)
    const found = all ? joined : this.#shortest(joined)
    const one = this.#name()
    const close = maxGaps < 0 ? found : sql`arrayFilter(${one} -> ${one}.2 - ${one}.1 + 1 - ${one}.3 <= ${maxGaps}, ${found})`
    // Lucene takes all of such a span as its width, not what lies between its parts.
    return all && !ordered ? sql`arrayMap(${one} -> (${one}.1, ${one}.2, toInt64(0)), ${close})` : close
  }

  /** What each rule begins with, then the first of the next one that follows, and so on: a step for each rule. */
  #inOrder(rules: readonly IntervalRule[]): Sql {
    const [first, ...others] = rules.filter(({ kind }) => kind !== 'gap')
    if (!first || rules[0]?.kind === 'gap') return EMPTY
    const gaps = gapsBehind(rules)
    const [begun, list, gap] = [this.#name(), this.#name(), this.#name()]
    const [one, next, after] = [this.#name(), this.#name(), this.#name()]
    const widened = (found: Sql, width: Sql): Sql =>
      sql`arrayMap(${one} -> (${one}.1, ${one}.2 + ${width}, ${one}.3 + ${width}), ${found})`
    const start = widened(this.#withCovered(this.of(first)), sql`${gaps[0] ?? 0}`)
    if (others.length === 0) return start
    const following = sql`arraySort(${next} -> (${next}.2, -${next}.1), arrayFilter(${next} -> ${next}.1 > ${one}.2, ${list}))`
    const joined = sql`arrayMap(${after} -> (${one}.1, ${after}.2, ${one}.3 + ${covered(after)}), arraySlice(${following}, 1, 1))`
    const step = widened(sql`arrayFlatten(arrayMap(${one} -> ${joined}, ${begun}))`, sql`toInt64(${gap})`)
    return sql`arrayFold((${begun}, ${list}, ${gap}) -> ${step}, ${this.#lists(others)}, ${gaps.slice(1)}, ${start})`
  }

  #withCovered(list: Sql): Sql {
    const one = this.#name()
    return sql`arrayMap(${one} -> (${one}.1, ${one}.2, ${covered(one)}), ${list})`
  }

  /** From every place where one of the rules is found, the first that each of them has from there on. */
  #inAnyOrder(rules: readonly IntervalRule[]): Sql {
    const [low, list, start] = [this.#name(), this.#name(), this.#name()]
    const [one, part] = [this.#name(), this.#name()]
    return this.#bound(this.#lists(rules), (lists) => {
      const starts = sql`arrayDistinct(arrayMap(${start} -> ${start}.1, arrayFlatten(${lists})))`
      const first = sql`arraySlice(arraySort(${one} -> (${one}.2, -${one}.1), arrayFilter(${one} -> ${one}.1 >= ${low}, ${list})), 1, 1)`
      const windows = sql`arrayMap(${low} -> arrayFlatten(arrayMap(${list} -> ${first}, ${lists})), ${starts})`
      const full = sql`arrayFilter(${part} -> length(${part}) = ${rules.length}, ${windows})`
      const of = (get: string, value: Sql): Sql => sql`${{ kind: 'sql', text: get } as const}(${one} -> ${value}, ${part})`
      return sql`arrayMap(${part} -> (${of('arrayMin', sql`${one}.1`)}, ${of('arrayMax', sql`${one}.2`)}, ${of('arraySum', covered(one))}), ${full})`
    })
  }

  /** What several rules find, a list for each. Tokens of one field are looked for in one go: what a statement costs is its length. */
  #lists(rules: readonly IntervalRule[]): Sql {
    const [field, ...more] = new Set(rules.map((rule) => (rule.kind === 'tokens' ? rule.field : undefined)))
    if (field === undefined || more.length > 0 || this.#column(field) === undefined)
      return sql`[${joinSql(
        rules.map((rule) => this.of(rule)),
        ', ',
      )}]`
    const asked = this.#name()
    const each = joinSql(
      rules.map((rule) => sql`${rule.kind === 'tokens' ? rule.tokens.map(indexedToken) : []}`),
      ', ',
    )
    return this.#parts(field, (positions, parts) => {
      const standing = this.#standing(positions, parts, (part) => sql`has(${asked}, ${part})`)
      return sql`arrayMap(${asked} -> ${standing}, [${each}])`
    })
  }
}

/** How far the gaps behind each rule that is none reach. */
function gapsBehind(rules: readonly IntervalRule[]): readonly number[] {
  const gaps: number[] = []
  for (const rule of rules) {
    if (rule.kind === 'gap') gaps.push((gaps.pop() ?? 0) + rule.width)
    else gaps.push(0)
  }
  return gaps
}

/** What the first token has: in front of it stands the beginning of the text. */
const FIRST_POSITION = 2

const OPERATORS = { gte: sql`>=`, gt: sql`>`, lte: sql`<=`, lt: sql`<` } as const satisfies Record<keyof Bounds, Sql>

/** No pseudo-token. */
const isToken = (part: Sql): Sql => sql`NOT startsWith(${part}, ${'\x02'})`

const EMPTY: Sql = sql`CAST([], 'Array(Tuple(Int64, Int64, Int64))')`

/** Positions of a stretch, as a part of a longer one. */
const covered = (one: Sql): Sql => sql`(${one}.2 - ${one}.1 + 1)`

function related(one: Sql, others: Sql, relation: IntervalRelation, other: Sql): Sql {
  const some = (test: Sql): Sql => sql`arrayExists(${other} -> ${test}, ${others})`
  switch (relation) {
    case 'containing':
      return some(sql`${other}.1 >= ${one}.1 AND ${other}.2 <= ${one}.2`)
    case 'contained_by':
      return some(sql`${one}.1 >= ${other}.1 AND ${one}.2 <= ${other}.2`)
    case 'overlapping':
      return some(sql`${other}.1 <= ${one}.2 AND ${other}.2 >= ${one}.1`)
    case 'before':
      return some(sql`${one}.2 < ${other}.1`)
    case 'after':
      return some(sql`${one}.1 > ${other}.2`)
    case 'not_containing':
      return sql`NOT ${related(one, others, 'containing', other)}`
    case 'not_contained_by':
      return sql`NOT ${related(one, others, 'contained_by', other)}`
    case 'not_overlapping':
      return sql`NOT ${related(one, others, 'overlapping', other)}`
    default:
      return unreachable(relation)
  }
}
