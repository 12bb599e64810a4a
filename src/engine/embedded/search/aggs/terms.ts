import type { BucketAggregation, TermSelection } from '../../../../query/aggregation.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { typeName, type ValueType } from '../columns.ts'
import { ALWAYS, leaf } from '../query/condition.ts'
import { literalList } from '../query/literal.ts'
import { termMatcher } from '../../../../query/term-matcher.ts'
import { needsExpansion, patternTest, type TestablePattern } from '../terms/pattern-test.ts'
import type { Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { type BucketKey, type KeyList, keyValue, once, rawKey, type RawKey, readTerm, repeated } from './bucket-key.ts'
import { fieldInput, singleValue } from './field-input.ts'
import { finerByMinute } from './minutes.ts'
import type { Branch } from './row-source.ts'
import { cardinalityName } from './known-cardinalities.ts'
import { inPartition } from './term-partition.ts'

type Terms = Extract<BucketAggregation, { kind: 'terms' }>
type RareTerms = Extract<BucketAggregation, { kind: 'rare_terms' }>

/** Fewest documents first. */
const RARE_ORDER = [
  { by: '_count', order: 'asc' },
  { by: '_key', order: 'asc' },
] as const

/** Terms of few documents, exactly: Elasticsearch finds them by a filter that may miss some. */
export function bindRareTerms({ maxDocCount, ...rare }: RareTerms, context: BindContext): BucketBinding {
  const bound = bindTerms({ ...rare, kind: 'terms', size: MAX_RARE, order: RARE_ORDER, minDocCount: 1 }, context, repeated)
  return bound.limit === undefined ? bound : { ...bound, limit: { ...bound.limit, maxDocCount } }
}

/** More than any answer may have buckets: `too_many_buckets_exception` comes first. */
const MAX_RARE = 1_000_000

/** A bucket for each term of a field. A document with several terms is in several buckets; of numbers `list` tells how often. */
export function bindTerms(terms: Terms, { targets }: BindContext, list: KeyList = once): BucketBinding {
  const input = fieldInput(terms.source, targets)
  const { type } = input
  // Doc values hold strings and addresses without repeats.
  const key = termsKey(terms, targets, type === 'string' || type === 'ip' ? once : list)
  const accepts = keyFilters(terms)
  return {
    key,
    shape: 'buckets',
    keyOf: (raw) => keyValue(raw, type),
    rawOf: rawKey,
    order: terms.order,
    limit: { size: terms.size, minDocCount: terms.minDocCount, cardinalityOf: cardinalityName(targets, terms.source.field) },
    ...(accepts.length > 0 && { accepts: (raw) => accepts.every((accept) => accept(raw)) }),
  }
}

function termsKey({ source, include, exclude }: Terms, targets: readonly Target[], keyList: KeyList): BucketKey {
  const input = fieldInput(source, targets)
  const { type } = input
  const tests = [selectionTest(include, type, true), selectionTest(exclude, type, false)].filter((test) => test !== undefined)
  const { byMinute } = targets[0]?.layout.column(source.field) ?? {}
  const followsFromMinute =
    tests.length === 0 && targets.every(({ layout }) => layout.column(source.field)?.byMinute !== undefined)
  const key = keyOf({ several: input.several, type, tests })
  return byMinute !== undefined && followsFromMinute && source.missing === undefined
    ? { ...key, finer: finerByMinute(targets, byMinute) }
    : key

  /** The key with further tests on terms. */
  function keyOf({
    several,
    type,
    tests,
  }: {
    several: boolean
    type: ValueType
    tests: readonly ((term: Sql) => Sql)[]
  }): BucketKey {
    const passes = (term: Sql): Sql => ({ kind: 'sql', text: tests.map((test) => `(${test(term).text})`).join(' AND ') })
    const single = (target: Target): Sql => input.sql(target)
    const list = (target: Target): Sql => {
      const all = input.sql(target)
      const some = tests.length === 0 ? all : sql`arrayFilter(x -> ${passes(sql`x`)}, ${all})`
      return keyList(some)
    }
    const key: BucketKey = {
      several,
      // `where` is said of the first level of a statement alone.
      sql: several ? list : tests.length === 0 ? single : (target) => sql`if(${passes(single(target))}, ${single(target)}, NULL)`,
      read: readTerm(type),
      only: (keys) => keyOf({ several, type, tests: [...tests, (term) => sql`${term} IN ${rawList(keys, type)}`] }),
      ...(several &&
        source.missing === undefined &&
        !targets.some(({ layout }) => layout.column(source.field)?.field.type === 'date_nanos') && {
          branches: (target: Target) => branchesOf(target, passes, tests.length > 0),
        }),
      ...(!several && tests.length > 0 && { where: (target: Target) => leaf(passes(single(target)), { nullable: true }) }),
    }
    return key
  }

  /** Text has its tokens in a list. */
  function tokenBranch(target: Target, passes: (term: Sql) => Sql, narrowed: boolean): Branch {
    const tokens = input.sql(target)
    const some = narrowed ? sql`arrayFilter(x -> ${passes(sql`x`)}, ${tokens})` : tokens
    const type = branchType('string', targets, source.field)
    return { sql: sql`CAST(arrayJoin(${some}) AS ${type})`, where: ALWAYS }
  }

  /** Documents with one value are grouped by it as it lies there: three times as fast as making lists of all. */
  function branchesOf(target: Target, passes: (term: Sql) => Sql, narrowed: boolean): readonly Branch[] {
    const column = target.layout.column(source.field)
    if (column?.storage === 'tokens') return [tokenBranch(target, passes, narrowed)]
    const value = singleValue(column, target, type)
    const cast = sql`CAST(${value} AS ${branchType(type, targets, source.field)})`
    const one: Branch = { sql: cast, where: narrowed ? leaf(passes(value), { nullable: true }) : ALWAYS }
    if (column?.arrayName === undefined) return [one]
    const values =
      column.storage === 'bool' ? sql`arrayMap(x -> toUInt8(x), ${identifier(column.arrayName)})` : identifier(column.arrayName)
    const some = narrowed ? sql`arrayFilter(x -> ${passes(sql`x`)}, ${values})` : values
    // Lists of strings are stored without repeats.
    const listed = type === 'string' ? some : keyList(some)
    const joined = sql`CAST(arrayJoin(${listed}) AS ${branchType(type, targets, source.field)})`
    return [one, { sql: joined, where: leaf(sql`notEmpty(${identifier(column.arrayName)})`, { nullable: false }) }]
  }
}

/** One type for all branches of all targets; dictionaries stay dictionaries. */
function branchType(type: ValueType, targets: readonly Target[], field: string): Sql {
  const dictionary = targets.every(({ layout }) => (layout.column(field)?.storage ?? 'dictionary') === 'dictionary')
  return type === 'string' && dictionary ? sql`LowCardinality(Nullable(String))` : sql`Nullable(${typeName(type)})`
}

/** Selections that only JavaScript can tell, on the keys of the groups. */
function keyFilters({ include, exclude }: Terms): readonly ((raw: RawKey) => boolean)[] {
  const filters: ((raw: RawKey) => boolean)[] = []
  for (const selection of [include, exclude]) {
    if (selection?.kind === 'partition') filters.push((raw) => inPartition(raw, selection))
    if (selection?.kind !== 'regexp' || !needsExpansion(regexpOf(selection))) continue
    const matches = termMatcher(regexpOf(selection))
    filters.push((raw) => matches(String(raw)) === (selection === include))
  }
  return filters
}

function regexpOf({ regexp }: Extract<TermSelection, { kind: 'regexp' }>): TestablePattern {
  return { kind: 'regexp', regexp, ignoreCase: false }
}

function selectionTest(
  selection: TermSelection | undefined,
  type: ValueType,
  included: boolean,
): ((term: Sql) => Sql) | undefined {
  if (selection === undefined || selection.kind === 'partition') return undefined
  if (selection.kind === 'regexp' && needsExpansion(regexpOf(selection))) return undefined
  // What no index maps has no terms at all, but a type: the one of numbers.
  const isText = type === 'string'
  const test = (term: Sql): Sql =>
    selection.kind === 'values'
      ? sql`${term} IN ${literalList(selection.values, storageFor(type))}`
      : patternTest(isText ? term : sql`toString(${term})`, regexpOf(selection))
  return included ? test : (term) => sql`NOT ${test(term)}`
}

function rawList(keys: readonly RawKey[], type: ValueType): Sql {
  const values: FieldValue[] = keys.map((raw) => keyValue(raw, type))
  return literalList(values, storageFor(type))
}

export function storageFor(type: ValueType): 'string' | 'ipv6' | 'bool' | 'float64' {
  return type === 'ip' ? 'ipv6' : type === 'boolean' ? 'bool' : type === 'string' ? 'string' : 'float64'
}
