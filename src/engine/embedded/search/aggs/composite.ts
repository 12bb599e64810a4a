import type { BucketAggregation, CompositeSource } from '../../../../query/aggregation.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import type { Column } from '../columns.ts'
import { compareValues } from '../hits/sort-key.ts'
import { type Condition, leaf } from '../query/condition.ts'
import { literal } from '../query/literal.ts'
import type { Target } from '../target.ts'
import type { BindContext, BucketBinding, FirstColumn } from './bucket-binding.ts'
import { type BucketKey, keyValue, once, type RawKey, repeated } from './bucket-key.ts'
import { bindDateHistogram } from './date-histogram.ts'
import { fieldInput } from './field-input.ts'
import { bindGeoGrid } from './geo-grid.ts'
import { bindValueHistogram } from './histogram.ts'
import { KeyTuples } from './key-tuple.ts'
import type { RowSource } from './row-source.ts'
import { bindTerms, storageFor } from './terms.ts'

type Composite = Extract<BucketAggregation, { kind: 'composite' }>

/** One source of a composite aggregation, bound. */
interface Part {
  readonly source: CompositeSource
  readonly key: BucketKey
  readonly keyOf: (raw: RawKey) => FieldValue
  readonly rawOf: (key: FieldValue) => RawKey
  readonly literal: (raw: RawKey) => Sql
}

/** Combinations of keys, read page by page: the engine sorts and cuts them. */
export async function bindComposite({ sources, size, after }: Composite, context: BindContext): Promise<BucketBinding> {
  const parts = await Promise.all(
    sources.map((source, i) => bindPart(source, i === 0 && inOrderOfIndex(source, context), context)),
  )
  const tuples = new KeyTuples()
  const [first] = parts
  const compare = (a: RawKey, b: RawKey): number => {
    const [left, right] = [tuples.partsOf(a), tuples.partsOf(b)]
    for (const [i, { source }] of parts.entries()) {
      const difference = compareParts(left[i] ?? null, right[i] ?? null, source)
      if (difference !== 0) return difference
    }
    return 0
  }
  const keyWith = (firstKeys: readonly RawKey[] | undefined): BucketKey => ({
    several: parts.some(({ key }) => key.several),
    // Its keys lie in several columns.
    sql: () => sql`NULL`,
    read: () => tuples.column([], () => false),
    put: (rows) => {
      const columns = parts.map(({ key, source }) => putPart(key, source, rows))
      if (firstKeys !== undefined && first !== undefined) rows.narrow(among(first, firstKeys))
      const reads = parts.map(({ key }, i): Column<RawKey | null> => key.read(columns[i] ?? sql`NULL`))
      return { columns, read: tuples.column(reads, (i) => parts[i]?.source.missingBucket === true) }
    },
    only: (raws) => keyWith(firstKeysOf(raws)),
  })
  /** What the first source says of a page, for what is below it; `undefined` where that tells nothing. */
  const firstKeysOf = (raws: readonly RawKey[]): readonly RawKey[] | undefined => {
    const keys = [...new Set(raws.map((raw) => tuples.partsOf(raw)[0] ?? null))].filter((key) => key !== null)
    const several = parts[0]?.key.several === true || raws.some((raw) => (tuples.partsOf(raw)[0] ?? null) === null)
    return several ? undefined : keys
  }
  return {
    key: keyWith(undefined),
    shape: 'buckets',
    keyOf: () => '',
    keysOf: (raw) => tuples.valuesOf(raw, (part, i) => parts[i]?.keyOf(part) ?? part),
    compare,
    order: [{ by: '_key', order: 'asc' }],
    page: {
      size,
      behind: (columns) => (after === undefined ? undefined : behind(columns, parts, after)),
      ...(first !== undefined && !first.key.several && { first: firstColumn(first, after?.[0]) }),
      orderBy: (columns) => columns.map((column, i) => (parts[i] === undefined ? column : inOrder(column, parts[i].source))),
    },
  }
}

function putPart(key: BucketKey, { missingBucket }: CompositeSource, rows: RowSource): Sql {
  if (!key.several) {
    if (!missingBucket) rows.narrow((target) => leaf(sql`isNotNull(${key.sql(target)})`, { nullable: false }))
    return rows.column(key.sql)
  }
  if (!missingBucket) return rows.joinedColumn(key.sql)
  return rows.joinedColumn((target) => {
    const list = key.sql(target)
    return sql`if(empty(${list}), [NULL], arrayMap(x -> toNullable(x), ${list}))`
  })
}

function among({ key, literal: print }: Part, raws: readonly RawKey[]): (target: Target) => Condition {
  const list = joinSql(raws.map(print), ', ')
  return (target) => leaf(sql`${key.sql(target)} IN (${list})`, { nullable: true })
}

/**
 * Whether Elasticsearch would collect the documents of each key from the index of points (PointsSortedDocsProducer), once
 * each, instead of the keys of each document.
 */
function inOrderOfIndex({ key, order, missingBucket }: CompositeSource, { targets }: BindContext): boolean {
  if (order === 'desc' || missingBucket || (key.kind !== 'terms' && key.kind !== 'date_histogram')) return false
  return targets.every(({ query, layout }) => {
    const type = layout.column(key.source.field)?.field.type
    return query.kind === 'all' && (type === 'long' || type === 'date' || type === 'date_nanos')
  })
}

async function bindPart(source: CompositeSource, eachOnce: boolean, context: BindContext): Promise<Part> {
  const { key } = source
  const list = eachOnce ? once : repeated
  const number = (raw: RawKey): Sql => sql`${Number(raw)}`
  switch (key.kind) {
    case 'terms': {
      const { type } = fieldInput(key.source, context.targets)
      const bound = bindTerms({ ...key, size: 1, order: [], minDocCount: 1 }, context, list)
      return partOf(source, bound, (raw) => literal(keyValue(raw, type), storageFor(type)))
    }
    case 'histogram':
      return partOf(source, bindValueHistogram({ ...key, offset: 0, order: [] }, context, repeated), number)
    case 'date_histogram':
      return partOf(source, await bindDateHistogram({ ...key, order: [] }, context, list), number)
    default:
      return partOf(source, bindGeoGrid({ ...key, size: 1 }, context, repeated), (raw) => sql`${BigInt(raw)}`)
  }
}

function partOf(source: CompositeSource, { key, keyOf, rawOf }: BucketBinding, print: (raw: RawKey) => Sql): Part {
  if (rawOf === undefined) throw new Error('a source of a composite aggregation tells raw keys from keys')
  return { source, key, keyOf, rawOf, literal: print }
}

/** Behind a page's last keys: greater in the first, or equal there and greater in the second, … */
function behind(columns: readonly Sql[], parts: readonly Part[], after: readonly (FieldValue | null)[]): Sql {
  const equal: Sql[] = []
  const alternatives: Sql[] = []
  for (const [i, part] of parts.entries()) {
    const column = columns[i] ?? sql`NULL`
    const key = after[i] ?? null
    const last = key === null ? null : part.literal(part.rawOf(key))
    const greater = greaterThan(column, last, part.source)
    if (greater !== undefined) alternatives.push(joinSql([...equal, greater], ' AND '))
    equal.push(last === null ? sql`isNull(${column})` : sql`ifNull(${column} = ${last}, 0)`)
  }
  if (alternatives.length === 0) return sql`0`
  return sql`(${joinSql(
    alternatives.map((one) => sql`(${one})`),
    ' OR ',
  )})`
}

/** The documents from a page's start on, by their first key. */
function firstColumn(part: Part, after: FieldValue | null | undefined): FirstColumn {
  const { key, source } = part
  const print = (raw: RawKey | null): Sql | null => (raw === null ? null : part.literal(raw))
  const notBefore = (column: Sql, start: Sql | null): Sql => {
    const equal = start === null ? sql`isNull(${column})` : sql`ifNull(${column} = ${start}, 0)`
    const greater = greaterThan(column, start, source)
    return greater === undefined ? equal : sql`(${equal} OR ${greater})`
  }
  return {
    key,
    behind: (column) => (after === undefined ? undefined : notBefore(column, print(after === null ? null : part.rawOf(after)))),
    orderBy: (column) => inOrder(column, source),
    upTo: (column, last) => {
      const greater = greaterThan(column, print(last), source)
      return greater === undefined ? sql`1` : sql`NOT ${greater}`
    },
  }
}

function inOrder(column: Sql, { order, missingOrder }: CompositeSource): Sql {
  return sql`${column} ${order === 'asc' ? sql`ASC` : sql`DESC`} ${missingOrder === 'first' ? sql`NULLS FIRST` : sql`NULLS LAST`}`
}

function greaterThan(column: Sql, last: Sql | null, { order, missingOrder }: CompositeSource): Sql | undefined {
  if (last === null) return missingOrder === 'first' ? sql`isNotNull(${column})` : undefined
  const compared = order === 'asc' ? sql`ifNull(${column} > ${last}, 0)` : sql`ifNull(${column} < ${last}, 0)`
  return missingOrder === 'last' ? sql`(${compared} OR isNull(${column}))` : compared
}

function compareParts(a: RawKey | null, b: RawKey | null, { order, missingOrder }: CompositeSource): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === (missingOrder === 'first') ? -1 : 1
  return order === 'asc' ? compareValues(a, b) : compareValues(b, a)
}
