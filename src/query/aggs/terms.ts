import { STRINGS, TEXTS } from '../field-kinds.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { TermSelection } from '../aggregation.ts'
import { isScalar } from '../bind/term.ts'
import { bool, int, oneOf, raw, readObject, text, type Member } from '../dsl/reading.ts'
import type { Field, FieldValue } from '../field.ts'
import { parseLuceneRegexp } from '../lucene-regexp.ts'
import { jsonText } from '../value-format.ts'
import { BY_COUNT, bucketOrder, docCountError, withTieBreak } from './bucket-order.ts'
import type { AggregationContext, AggregationDefinition } from './definition.ts'
import { bindSource, countedValue, readSource, sourceMembers, type Accepts } from './values-source.ts'

/** A bucket for each value of a field, the most frequent ones. */
export const terms = termsDefinition('terms')

/** The same, also for the words of a text that may not be aggregated by requests: for what lists terms. */
export const anyTerms = termsDefinition('words')

function termsDefinition(accepts: Accepts): AggregationDefinition {
  return {
    name: 'terms',
    holdsOthers: true,
    parse(json, at, name) {
      const read = readObject(
        json,
        at,
        {
          ...sourceMembers,
          size: int,
          shard_size: int,
          min_doc_count: int,
          shard_min_doc_count: int,
          show_term_doc_count_error: bool,
          order: bucketOrder,
          collect_mode: oneOf('depth_first', 'breadth_first'),
          execution_hint: text,
          include: raw,
          exclude: raw,
        },
        'object',
      )
      const request = readSource(read, 'terms')
      const size = read.size ?? 10
      const minDocCount = read.min_doc_count ?? 1
      if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
      if (minDocCount < 0)
        throw illegalArgument(`[min_doc_count] must be greater than or equal to 0. Found [${minDocCount}] in [${name}]`)
      const selections = {
        include: readSelection(read.include, at, 'include'),
        exclude: readSelection(read.exclude, at, 'exclude'),
      }
      const order = withTieBreak(read.order ?? BY_COUNT)
      const showErrors = read.show_term_doc_count_error === true
      return {
        bind(context) {
          const { source, field, format } = bindSource(request, 'terms', accepts, context)
          return {
            aggregation: {
              kind: 'terms',
              source,
              size,
              order,
              minDocCount,
              ...bindSelections(selections, field, name, context),
            },
            typedKey: termsKey(field),
            shape(result) {
              const { buckets, otherDocCount = 0, bucketCount: found = 0 } = result.kind === 'buckets' ? result : { buckets: [] }
              const error = docCountError({ size, shardSize: read.shard_size, order, found })
              return {
                kind: 'multi',
                keyed: false,
                json: { doc_count_error_upper_bound: error, sum_other_doc_count: otherDocCount },
                buckets: buckets.map(({ key, docCount, children }) => {
                  const keyText = format.text(key)
                  const shown = format.json(key)
                  const json: JsonObject = {
                    key: shown,
                    ...(keyText === undefined ? {} : { key_as_string: keyText }),
                    doc_count: docCount,
                    ...(showErrors ? { doc_count_error_upper_bound: error } : {}),
                  }
                  return {
                    key,
                    name: keyText ?? jsonText(shown),
                    json,
                    docCount,
                    results: children,
                  }
                }),
              }
            },
          }
        },
      }
    },
  }
}

/** What `typed_keys` calls terms of a field. */
export function termsKey(field: Field | undefined): string {
  switch (field?.type) {
    case 'double':
    case 'float':
    case 'half_float':
    case 'scaled_float':
      return 'dterms'
    case 'unsigned_long':
      return 'ulterms'
    case 'long':
    case 'integer':
    case 'short':
    case 'byte':
    case 'boolean':
    case 'date':
    case 'date_nanos':
      return 'lterms'
    default:
      return 'sterms'
  }
}

type SelectionRequest =
  | { readonly values: readonly JsonValue[] }
  | { readonly regexp: string }
  | { readonly partition: number; readonly partitions: number }

/** `include` or `exclude` of a request. @throws ElkhornError (400) */
export function readSelection(
  value: JsonValue | undefined,
  at: Member,
  key: 'include' | 'exclude',
): SelectionRequest | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return { values: value as readonly JsonValue[] }
  if (typeof value === 'string') {
    parseLuceneRegexp(value)
    return { regexp: value }
  }
  if (isJsonObject(value) && key === 'include') {
    const {
      partition,
      num_partitions: partitions,
      pattern,
    } = readObject(value, { node: value, key, owner: at.owner }, { partition: int, num_partitions: int, pattern: text }, 'object')
    if (pattern !== undefined) return { regexp: pattern }
    if (partition === undefined || partitions === undefined) {
      throw illegalArgument(
        `Missing [${partition === undefined ? 'partition' : 'num_partitions'}] parameter for partition-based include`,
      )
    }
    if (partition < 0 || partitions < 1 || partition >= partitions)
      throw illegalArgument(`[partition] [${partition}] must lie below [num_partitions] [${partitions}]`)
    return { partition, partitions }
  }
  throw illegalArgument(`Unrecognized token for an ${key}: expected a list of values or a regular expression`)
}

const STRING_TYPES: ReadonlySet<string> = new Set([...STRINGS, ...TEXTS])

interface Selections<T> {
  readonly include: T | undefined
  readonly exclude: T | undefined
}

/** Those of both that say anything. */
export function bindSelections(
  { include, exclude }: Selections<SelectionRequest>,
  field: Field | undefined,
  name: string,
  context: AggregationContext,
): { readonly include?: TermSelection; readonly exclude?: TermSelection } {
  const included = include && bindSelection(include, field, name, context)
  const excluded = exclude && bindSelection(exclude, field, name, context)
  return { ...(included ? { include: included } : {}), ...(excluded ? { exclude: excluded } : {}) }
}

function bindSelection(
  request: SelectionRequest,
  field: Field | undefined,
  name: string,
  context: AggregationContext,
): TermSelection | undefined {
  if ('partition' in request) return { kind: 'partition', ...request }
  if ('regexp' in request) {
    if (field && !STRING_TYPES.has(field.type)) {
      throw illegalArgument(
        `Aggregation [${name}] cannot support regular expression style include/exclude settings as they can only be applied to string fields. Use an array of ${field.type === 'ip' ? 'values for include/exclude clauses' : 'numeric values for include/exclude clauses used to filter numeric fields'}`,
      )
    }
    return { kind: 'regexp', regexp: request.regexp }
  }
  // An empty list selects none of the strings, and says nothing about numbers.
  if (request.values.length === 0 && field && !STRING_TYPES.has(field.type)) return undefined
  const [first] = context.indices
  const values: FieldValue[] = []
  for (const json of request.values) {
    if (!isScalar(json)) throw illegalArgument('[include] and [exclude] hold single values')
    const value = field && first ? countedValue(field, json, first) : json
    if (value !== undefined) values.push(value)
  }
  return { kind: 'values', values }
}
