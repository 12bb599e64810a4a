import { doubleJson } from '../../core/double.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { AggregationResult, NamedAggregation } from '../aggregation.ts'
import { matchAll } from '../ast.ts'
import type { DocumentCollection, DocumentCollector } from '../computed/document-collection.ts'
import { bindQuery } from '../dsl/bind-query.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { int, listOf, number, raw, readObject, text } from '../dsl/reading.ts'
import type { Field, FieldValue } from '../field.ts'
import { frequentSets, type Transaction } from '../frequent-sets.ts'
import { matchesLuceneRegexp, parseLuceneRegexp } from '../lucene-regexp.ts'
import { jsonText, valueFormat } from '../value-format.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton } from './definition.ts'
import { findField, requireAggregatable } from './values-source.ts'

/** Different combinations of items in all buckets, and different values; each takes some 100 bytes. */
const MAX_COMBINATIONS = 1_000_000

/** A value of one of the fields. */
interface Item {
  readonly field: string
  readonly shown: JsonValue
}

/** Values of several fields that often come in the same documents. */
export const frequentItemSets: AggregationDefinition = {
  name: 'frequent_item_sets',
  holdsOthers: false,
  parse(json, at, name) {
    const spec = {
      fields: listOf((value, place) => readObject(value, place, { field: text, include: raw, exclude: raw }, 'object')),
      minimum_set_size: int,
      minimum_support: number,
      size: int,
      filter: raw,
    }
    const read = readObject(json, at, spec, 'object')
    const { fields = [], minimum_set_size: leastItems = 1, minimum_support: leastSupport = 0.1, size = 10 } = read
    if (fields.length === 0) throw illegalArgument('[fields] must not be empty')
    if (leastItems <= 0) throw illegalArgument(`[minimum_set_size] must be greater than 0. Found [${leastItems}] in [${name}]`)
    if (!(leastSupport > 0 && leastSupport <= 1))
      throw illegalArgument(
        `[minimum_support] must be greater than 0 and less or equal to 1. Found [${leastSupport}] in [${name}]`,
      )
    if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
    const asked = fields.map(({ field, include, exclude }) => {
      if (field === undefined) throw illegalArgument('Required [field]')
      const [wanted, unwanted] = [selection(include), selection(exclude)]
      return { path: field, takes: (one: string) => (wanted?.(one) ?? true) && unwanted?.(one) !== true }
    })
    const filter = read.filter === undefined ? undefined : parseQuery(read.filter)
    return {
      bind(context) {
        for (const { path } of asked) {
          const field = findField(path, context)
          if (field) requireAggregatable(field, 'frequent_item_sets', 'terms')
        }
        const { items, collection } = itemCollection(asked, context)
        const queries = context.indices.map((index) => (filter ? bindQuery(filter, index) : matchAll))
        const collected: NamedAggregation = { name: ITEMS, aggregation: { kind: 'collected', ...collection }, children: [] }
        return {
          // What the filter leaves out counts for the support of a set, too.
          aggregation: { kind: 'filter', query: context.indices.map(() => matchAll) },
          within: () => [{ name: ITEMS, aggregation: { kind: 'filter', query: queries }, children: [collected] }],
          typedKey: 'frequent_item_sets',
          shape(result) {
            const documents = result.kind === 'single' ? result.docCount : 0
            const leastCount = Math.max(1, Math.ceil(leastSupport * documents))
            const sets = frequentSets(transactionsIn(result), { size, leastItems, leastCount })
            const buckets = sets.map(({ items: found, count }): BucketSkeleton => {
              const key: Record<string, JsonValue[]> = {}
              for (const { path } of asked) {
                const values = found.flatMap((one) => (items[one]?.field === path ? [items[one].shown] : []))
                if (values.length > 0) key[path] = values
              }
              const shown = printJson(key)
              const members: JsonObject = { key, doc_count: count, support: doubleJson(count / documents) }
              return { key: shown, name: shown, json: members, docCount: count, results: undefined }
            })
            return { kind: 'multi', json: {}, keyed: false, buckets }
          },
        }
      },
    }
  },
}

const ITEMS = 'items'

/** Exact values, or a regular expression. @throws ElkhornError (400) */
function selection(json: JsonValue | undefined): ((value: string) => boolean) | undefined {
  if (json === undefined) return undefined
  if (typeof json === 'string') {
    const expression = parseLuceneRegexp(json)
    return (value) => matchesLuceneRegexp(expression, value)
  }
  if (!Array.isArray(json)) throw illegalArgument('[include] and [exclude] are a list of values or a regular expression')
  const values = new Set((json as readonly JsonValue[]).map(jsonText))
  return (value) => values.has(value)
}

interface Asked {
  readonly path: string
  readonly takes: (value: string) => boolean
}

type Combinations = Map<string, { readonly items: readonly number[]; count: number }>

/** Counts combinations of items; items have the same numbers in all targets and buckets. */
function itemCollection(asked: readonly Asked[], { indices }: AggregationContext) {
  const items: Item[] = []
  const numbers = new Map<string, number>()
  let kept = 0
  const fieldsOf = indices.map(({ fields }) => asked.map(({ path }) => fields.find(path)))
  const numberOf = (field: Field, value: FieldValue, takes: Asked['takes']): number | undefined => {
    const key = `${field.path} ${value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)}`
    const known = numbers.get(key)
    if (known !== undefined) return known < 0 ? undefined : known
    const format = valueFormat(field)
    const shown = format.text(value) ?? format.json(value)
    if (numbers.size >= MAX_COMBINATIONS) throw tooManyCombinations()
    const isTaken = takes(jsonText(shown))
    numbers.set(key, isTaken ? items.length : -1)
    return isTaken ? items.push({ field: field.path, shown }) - 1 : undefined
  }
  const collection: DocumentCollection = {
    of: fieldsOf.map((fields) => ({
      reads: fields.filter((field) => field !== undefined),
      readsScore: false,
      readsSource: false,
    })),
    open:
      () =>
      (target): DocumentCollector => {
        const combinations: Combinations = new Map()
        return {
          add(document) {
            const found = new Set<number>()
            for (const [i, field] of (fieldsOf[target] ?? []).entries()) {
              const takes = asked[i]?.takes
              if (!field || !takes) continue
              for (const value of document.values(field)) {
                const one = numberOf(field, value, takes)
                if (one !== undefined) found.add(one)
              }
            }
            if (found.size === 0) return
            const sorted = [...found].toSorted((a, b) => a - b)
            const key = sorted.join(' ')
            const known = combinations.get(key)
            if (known) known.count += 1
            else if (++kept > MAX_COMBINATIONS) throw tooManyCombinations()
            else combinations.set(key, { items: sorted, count: 1 })
          },
          result: () => combinations,
        }
      },
  }
  return { items, collection }
}

function transactionsIn(result: AggregationResult): readonly Transaction[] {
  const filtered = result.kind === 'single' ? result.children.get(ITEMS) : undefined
  const collected = filtered?.kind === 'single' ? filtered.children.get(ITEMS) : undefined
  const all: Combinations = new Map()
  for (const part of collected?.kind === 'collected' ? collected.results.values() : []) {
    for (const [key, { items, count }] of part as Combinations) all.set(key, { items, count: count + (all.get(key)?.count ?? 0) })
  }
  return [...all.values()]
}

function tooManyCombinations(): ElkhornError {
  return new ElkhornError(
    'circuit_breaking_exception',
    429,
    `[frequent_item_sets] found more than [${MAX_COMBINATIONS}] values or combinations of values. Ask for fewer [fields], or [exclude] values.`,
    { details: { durability: 'PERMANENT' } },
  )
}
