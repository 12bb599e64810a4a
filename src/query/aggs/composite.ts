import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type Query, matchAll } from '../ast.ts'
import { existsQuery } from '../bind/exists.ts'
import { isScalar, termValue } from '../bind/term.ts'
import { bool, int, listOf, number, oneOf, optionalText, raw, readObject, text, type Member } from '../dsl/reading.ts'
import type { Field, FieldValue } from '../field.ts'
import { plainJson, type ValueFormat } from '../value-format.ts'
import { BY_KEY } from './bucket-order.ts'
import { intervalMembers, readBound, readRounding } from './date-histogram.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton } from './definition.ts'
import { compareKeys, nestParts, tuplesOf, type KeyPart } from './key-tuples.ts'
import { bindSource, readSource, sourceMembers, type BoundSource } from './values-source.ts'

interface Source {
  readonly name: string
  readonly descending: boolean
  readonly hasMissing: boolean
  readonly missingFirst: boolean
  bind(context: AggregationContext): BoundPart
}

interface BoundPart {
  readonly part: KeyPart
  readonly field: Field | undefined
  readonly path: string
  /** How a key is written. */
  print(key: FieldValue): JsonValue
  /** Types a key of `after`, as clients send it back. */
  read(json: JsonValue): FieldValue | null
}

const common = {
  ...sourceMembers,
  order: oneOf('asc', 'desc'),
  missing_bucket: bool,
  missing_order: oneOf('first', 'last', 'default'),
} as const

/** Buckets of several keys in the order of the keys, page by page. */
export const composite: AggregationDefinition = {
  name: 'composite',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(json, at, { sources: listOf(readNamedSource), size: int, after: raw }, 'object')
    const sources = read.sources ?? []
    if (sources.length === 0) throw illegalArgument('Composite [sources] cannot be null or empty')
    const twice = sources.find((source, i) => sources.some((other, j) => j < i && other.name === source.name))
    if (twice) throw illegalArgument(`Composite source names must be unique, found duplicates: [${twice.name}]`)
    const size = read.size ?? 10
    if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
    const after = read.after === undefined ? undefined : readAfter(read.after, sources)
    return {
      bind(context) {
        const bound = sources.map((source) => source.bind(context))
        const parts = bound.map(({ part }) => part)
        const last = after?.map((value, i) => (value === null ? null : (bound[i]?.read(value) ?? null)))
        const compare = (a: readonly (FieldValue | null)[], b: readonly (FieldValue | null)[]): number => {
          for (const [i, source] of sources.entries()) {
            const difference = compareBySource(a[i] ?? null, b[i] ?? null, source)
            if (difference !== 0) return difference
          }
          return 0
        }
        return {
          aggregation: { kind: 'filter', query: context.indices.map((index) => queryOf(sources, bound, index)) },
          within: (children) => nestParts(parts, children),
          typedKey: 'composite',
          shape(result) {
            const tuples = result.kind === 'single' ? tuplesOf(parts, result.children) : []
            const page = tuples
              .filter(({ keys }) => last === undefined || compare(keys, last) > 0)
              .toSorted((a, b) => compare(a.keys, b.keys))
              .slice(0, size)
            const keyOf = (keys: readonly (FieldValue | null)[]): JsonObject =>
              Object.fromEntries(
                sources.map((source, i) => {
                  const key = keys[i] ?? null
                  return [source.name, key === null ? null : (bound[i]?.print(key) ?? null)]
                }),
              )
            const end = page.at(-1)
            return {
              kind: 'multi',
              keyed: false,
              json: end ? { after_key: keyOf(end.keys) } : {},
              buckets: page.map(({ keys, docCount, results }): BucketSkeleton => {
                const key = keyOf(keys)
                const shown = JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
                return { key: shown, name: shown, json: { key, doc_count: docCount }, docCount, results }
              }),
            }
          },
        }
      },
    }
  },
}

function compareBySource(a: FieldValue | null, b: FieldValue | null, { descending, missingFirst }: Source): number {
  if (a === null || b === null) {
    if (a === b) return 0
    return (a === null) === missingFirst ? -1 : 1
  }
  const difference = compareKeys(a, b)
  return descending ? -difference : difference
}

/** Only documents that have all keys can be in a bucket. */
function queryOf(sources: readonly Source[], bound: readonly BoundPart[], index: AggregationContext['indices'][number]): Query {
  const needed = bound.filter((_, i) => sources[i]?.hasMissing === false).map(({ path }) => existsQuery(path, index))
  if (needed.length === 0) return matchAll
  return { kind: 'bool', must: [], filter: needed, should: [], mustNot: [], minimumShouldMatch: 0 }
}

function readAfter(json: JsonValue, sources: readonly Source[]): readonly JsonValue[] {
  if (!isJsonObject(json)) throw illegalArgument('[after] of [composite] must be the [after_key] of the page before')
  const names = Object.keys(json)
  if (names.length !== sources.length)
    throw illegalArgument(`[after] has ${names.length} value(s) but [sources] has ${sources.length}`)
  return sources.map(({ name }) => {
    const value = json[name]
    if (value === undefined) throw illegalArgument(`Missing value for [after.${name}]`)
    return value
  })
}

function readNamedSource(json: JsonValue, at: Member): Source {
  const entries = isJsonObject(json) ? Object.entries(json) : []
  const [first] = entries
  if (!first || entries.length > 1)
    throw illegalArgument('Each of [sources] is an object with one name: { "name": { "terms": … } }')
  const [name, definition] = first
  const kinds = isJsonObject(definition) ? Object.entries(definition) : []
  const [kind] = kinds
  if (!kind || kinds.length > 1) throw illegalArgument(`Source [${name}] of [composite] needs exactly one kind of values`)
  const place: Member = { node: isJsonObject(definition) ? definition : at.node, key: kind[0], owner: kind[0] }
  switch (kind[0]) {
    case 'terms':
      return termsSource(name, kind[1] ?? null, place)
    case 'histogram':
      return histogramSource(name, kind[1] ?? null, place)
    case 'date_histogram':
      return dateSource(name, kind[1] ?? null, place)
    default:
      throw illegalArgument(`invalid source type: ${kind[0]}; there are [terms, histogram, date_histogram]`)
  }
}

type Common = { readonly [K in keyof typeof common]: ReturnType<(typeof common)[K]> | undefined }

function ordering(name: string, read: Common): Omit<Source, 'bind'> {
  const descending = read.order === 'desc'
  const missingOrder = read.missing_order ?? 'default'
  if (missingOrder !== 'default' && read.missing_bucket !== true)
    throw illegalArgument(`missing_order can only be set if missing_bucket is true`)
  return {
    name,
    descending,
    hasMissing: read.missing_bucket === true,
    missingFirst: missingOrder === 'default' ? !descending : missingOrder === 'first',
  }
}

function partOf(
  { source, field }: BoundSource,
  aggregation: KeyPart['aggregation'],
  hasMissing: boolean,
): Pick<BoundPart, 'part' | 'field' | 'path'> {
  return { part: { aggregation, missing: hasMissing ? source.field : undefined }, field, path: source.field }
}

function termsSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(json, at, common, 'object')
  const request = readSource(read, 'composite')
  const order = ordering(name, read)
  return {
    ...order,
    bind(context) {
      const bound = bindSource(request, 'composite', 'terms', context)
      const { source, field, format } = bound
      const aggregation = { kind: 'terms', source, size: context.maxBuckets, order: BY_KEY, minDocCount: 1 } as const
      return {
        ...partOf(bound, aggregation, order.hasMissing),
        print: (key) => printKey(key, field, format, read.format),
        read: (value) => readKey(value, field, context),
      }
    },
  }
}

function printKey(key: FieldValue, field: Field | undefined, format: ValueFormat, asked: string | undefined): JsonValue {
  if (field?.type === 'boolean') return key === true || key === 1
  return asked === undefined ? plainJson(key) : (format.text(key) ?? plainJson(key))
}

function readKey(value: JsonValue, field: Field | undefined, { indices: [index] }: AggregationContext): FieldValue | null {
  if (!isScalar(value)) throw illegalArgument('the values of [after] are single values')
  if (!field || !index) return value
  if ((field.type === 'date' || field.type === 'date_nanos') && typeof value !== 'string') return value
  return termValue(field, value, index) ?? null
}

function histogramSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(json, at, { ...common, interval: number }, 'object')
  const request = readSource(read, 'composite')
  const { interval } = read
  if (interval === undefined || !(interval > 0)) throw illegalArgument('[interval] must be greater than 0 for [histogram] source')
  const order = ordering(name, read)
  return {
    ...order,
    bind(context) {
      const bound = bindSource(request, 'composite', 'numbers', context)
      const aggregation = { kind: 'histogram', source: bound.source, interval, offset: 0, order: BY_KEY } as const
      return {
        ...partOf(bound, aggregation, order.hasMissing),
        print: plainJson,
        read: (value) => Number(value),
      }
    },
  }
}

function dateSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(
    json,
    at,
    { ...common, ...intervalMembers, format: optionalText, time_zone: optionalText, offset: text },
    'object',
  )
  const zone = read.time_zone ?? 'UTC'
  const request = readSource(read, 'composite', zone)
  const rounding = readRounding(read, zone)
  const order = ordering(name, read)
  return {
    ...order,
    bind(context) {
      const bound = bindSource(request, 'composite', 'dates', context)
      const { source, field, format } = bound
      return {
        ...partOf(bound, { kind: 'date_histogram', source, rounding, order: BY_KEY }, order.hasMissing),
        print: (key) => (read.format === undefined ? Number(key) : (format.text(key) ?? Number(key))),
        read: (value) =>
          typeof value === 'string' && read.format !== undefined
            ? readBound(value, field, read.format, zone, context)
            : Number(value),
      }
    },
  }
}
