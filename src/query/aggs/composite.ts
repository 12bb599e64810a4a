import { doubleJson } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { CompositeSource } from '../aggregation.ts'
import { isScalar } from '../bind/term.ts'
import { bool, int, listOf, number, oneOf, optionalText, raw, readObject, text, type Member } from '../dsl/reading.ts'
import type { Field, FieldValue } from '../field.ts'
import { plainJson, type ValueFormat } from '../value-format.ts'
import { intervalMembers, readBound, readRounding } from './date-histogram.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource, countedValue, findPoints, readSource, sourceMembers } from './values-source.ts'

interface Source {
  readonly name: string
  bind(context: AggregationContext): BoundPart
}

interface BoundPart {
  readonly source: CompositeSource
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
        const histograms = bound.flatMap(({ source: { key } }, i) => (key.kind === 'date_histogram' ? [{ i, ...key }] : []))
        const [histogram] = histograms
        const from = after?.map((value, i) => (value === null ? null : (bound[i]?.read(value) ?? null)))
        return {
          aggregation: {
            kind: 'composite',
            sources: bound.map(({ source }) => source),
            size,
            ...(from ? { after: from } : {}),
          },
          typedKey: 'composite',
          ...(histogram &&
            histograms.length === 1 && {
              time: { rounding: histogram.rounding, start: ({ keys }) => Number(keys?.[histogram.i] ?? 0) },
            }),
          shape(result) {
            const page = result.kind === 'buckets' ? result.buckets : []
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
              json: end ? { after_key: keyOf(end.keys ?? []) } : {},
              buckets: page.map(({ keys = [], docCount, children }): BucketSkeleton => {
                const key = keyOf(keys)
                const shown = printJson(key)
                return { key: shown, keys, name: shown, json: { key, doc_count: docCount }, docCount, results: children }
              }),
            }
          },
        }
      },
    }
  },
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
    case 'geotile_grid':
      return tileSource(name, kind[1] ?? null, place)
    default:
      throw illegalArgument(`invalid source type: ${kind[0]}; there are [terms, histogram, date_histogram, geotile_grid]`)
  }
}

type Common = { readonly [K in keyof typeof common]: ReturnType<(typeof common)[K]> | undefined }

function ordering(read: Common): Omit<CompositeSource, 'key'> {
  const order = read.order ?? 'asc'
  const missingOrder = read.missing_order ?? 'default'
  if (missingOrder !== 'default' && read.missing_bucket !== true)
    throw illegalArgument(`missing_order can only be set if missing_bucket is true`)
  return {
    order,
    missingBucket: read.missing_bucket === true,
    missingOrder: missingOrder === 'default' ? (order === 'asc' ? 'first' : 'last') : missingOrder,
  }
}

function termsSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(json, at, common, 'object')
  const request = readSource(read, 'composite')
  const order = ordering(read)
  return {
    name,
    bind(context) {
      const { source, field, format } = bindSource(request, 'composite', 'terms', context)
      return {
        source: { ...order, key: { kind: 'terms', source } },
        print: (key) => printKey(key, field, format, read.format),
        read: (value) => readKey(value, field, context),
      }
    },
  }
}

function printKey(key: FieldValue, field: Field | undefined, format: ValueFormat, asked: string | undefined): JsonValue {
  if (field?.type === 'boolean') return key === true || key === 1
  return asked === undefined ? format.json(key) : (format.text(key) ?? format.json(key))
}

function readKey(value: JsonValue, field: Field | undefined, { indices: [index] }: AggregationContext): FieldValue | null {
  if (!isScalar(value)) throw illegalArgument('the values of [after] are single values')
  if (!field || !index) return value
  if ((field.type === 'date' || field.type === 'date_nanos') && typeof value !== 'string') return value
  return countedValue(field, value, index) ?? null
}

function histogramSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(json, at, { ...common, interval: number }, 'object')
  const request = readSource(read, 'composite')
  const { interval } = read
  if (interval === undefined || !(interval > 0)) throw illegalArgument('[interval] must be greater than 0 for [histogram] source')
  const order = ordering(read)
  return {
    name,
    bind(context) {
      const { source } = bindSource(request, 'composite', 'numbers', context)
      return {
        source: { ...order, key: { kind: 'histogram', source, interval } },
        print: (key) => doubleJson(Number(key)),
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
  const order = ordering(read)
  return {
    name,
    bind(context) {
      const { source, field, format } = bindSource(request, 'composite', 'dates', context)
      return {
        source: { ...order, key: { kind: 'date_histogram', source, rounding } },
        print: (key) => (read.format === undefined ? Number(key) : (format.text(key) ?? Number(key))),
        read: (value) =>
          typeof value === 'string' && read.format !== undefined
            ? readBound(value, field, read.format, zone, context)
            : Number(value),
      }
    },
  }
}

function tileSource(name: string, json: JsonValue, at: Member): Source {
  const read = readObject(json, at, { ...common, precision: int, bounds: raw }, 'object')
  const { field: path } = readSource(read, 'composite')
  const precision = read.precision ?? 7
  if (precision < 0 || precision > 29)
    throw illegalArgument(`Invalid geotile_grid precision of ${precision}. Must be between 0 and 29.`)
  const order = ordering(read)
  return {
    name,
    bind(context) {
      const field = findPoints(path, 'composite', context)?.path ?? path
      return {
        source: { ...order, key: { kind: 'geo_grid', field, grid: 'geotile', precision } },
        print: plainJson,
        read: String,
      }
    },
  }
}
