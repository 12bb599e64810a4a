import { TEXTS } from '../field-kinds.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { EpochMillis } from '../../core/time.ts'
import { analyzerFor, type Analysis } from '../analysis/analysis.ts'
import type { Analyzer } from '../analysis/token.ts'
import type { ComputedFields } from '../computed/computed-fields.ts'
import type { Field, FieldLookup } from '../field.ts'
import { nestedAround, type NestedObjects, type ScopePath } from '../nested-objects.ts'
import type { Percolator } from './percolator.ts'

/** What a query is bound to: one index as it is now. */
export interface BindContext {
  readonly index: { readonly name: string; readonly uuid: string }
  readonly fields: FieldLookup
  /** `fields`, where scripts may add to them: in searches. */
  readonly computed?: ComputedFields
  /** Objects that are documents of their own: only what is about them sees their fields. */
  readonly nested?: NestedContext
  /** Whose fields those above are: of documents (absent), or of the nested objects of this path. */
  readonly scope?: ScopePath
  readonly analysis: Analysis
  /** The moment that `now` means, the same in all parts of a request. */
  readonly now: EpochMillis
  readonly limits: QueryLimits
  /** How stored queries answer about documents; absent where none are stored, and within those queries themselves. */
  readonly percolator?: Percolator
  /** Fields of queries that name none (`index.query.default_field`), with `*` and `^boost`. */
  readonly defaultFields: readonly string[]
}

export interface NestedContext {
  readonly objects: readonly NestedObjects[]
  fieldsOf(scope: ScopePath): FieldLookup
}

/** The same index as the nested objects of a path see it, or its documents (an empty path). */
export function withinNested(context: BindContext, scope: ScopePath): BindContext {
  const { computed, ...rest } = context
  const fields = context.nested?.fieldsOf(scope) ?? context.fields
  const own = computed?.within(fields, scope)
  return { ...rest, ...(own && { computed: own }), scope, fields: own ?? fields }
}

/** A field of documents, or of whatever nested objects. */
export function findAnywhere(path: string, context: BindContext): Field | undefined {
  const around = nestedAround(path, context.nested?.objects ?? [])?.path ?? ''
  return context.fields.find(path) ?? context.nested?.fieldsOf(around).find(path)
}

/** The fields of documents and of whatever is nested in them: what shows documents does not ask about single objects. */
export function fieldsAnywhere(context: BindContext): FieldLookup {
  const { fields, nested } = context
  if (!nested) return fields
  const all = [fields, ...nested.objects.map(({ path }) => nested.fieldsOf(path))]
  const once = (lists: readonly (readonly Field[])[]): readonly Field[] => [...new Set(lists.flat())]
  return {
    find: (path) => findAnywhere(path, context),
    match: (pattern) => once(all.map((one) => one.match(pattern))),
    all: () => once(all.map((one) => one.all())),
  }
}

/** Whether a path is that of a plain object, which nobody can ask for by itself. */
export function isPlainObject(path: string, context: BindContext): boolean {
  const around = nestedAround(path, context.nested?.objects ?? [])?.path ?? ''
  return withinNested(context, around).fields.match(`${path}.*`).length > 0
}

/** Bounds on what one query may ask; index settings and node settings of these names change them. */
export interface QueryLimits {
  /** `indices.query.bool.max_clause_count` */
  readonly maxClauses: number
  /** `index.max_terms_count` */
  readonly maxTerms: number
  /** `index.max_regex_length` */
  readonly maxRegexpLength: number
  /** `search.allow_expensive_queries`; absent: true. */
  readonly allowExpensive?: boolean
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = { maxClauses: 1024, maxTerms: 65_536, maxRegexpLength: 1000 }

/** Elasticsearch's error for a query that this index cannot answer. */
export function queryShardException(context: BindContext, reason: string, causedBy?: ElkhornError): ElkhornError {
  const { name, uuid } = context.index
  return new ElkhornError('query_shard_exception', 400, reason, {
    details: { index: name, index_uuid: uuid },
    ...(causedBy ? { causedBy } : {}),
  })
}

export function tooManyClauses(limit: number): ElkhornError {
  return new ElkhornError('too_many_clauses', 400, `maxClauseCount is set to ${limit}`)
}

/** The analyzer of a text field's queries: the one asked for, the field's, or the index's default. */
export function searchAnalyzer(field: Field, asked: string | undefined, context: BindContext): Analyzer {
  if (asked !== undefined) {
    const analyzer = context.analysis.findAnalyzer(asked)
    if (!analyzer) throw queryShardException(context, `[match] analyzer [${asked}] not found`)
    return analyzer
  }
  const { searchAnalyzer: search, analyzer } = field.parameters
  if (search !== undefined) return analyzerFor(search, context.analysis)
  if (analyzer !== undefined) return analyzerFor(analyzer, context.analysis)
  return context.analysis.findAnalyzer('default_search') ?? analyzerFor('default', context.analysis)
}

/** Where the scripts of a request go: over documents, or over nested objects. @throws ElkhornError (400) outside of searches */
export function computedFields({ computed }: Pick<BindContext, 'computed'>): ComputedFields {
  if (!computed) throw new ElkhornError('illegal_argument_exception', 400, 'scripts over documents are possible in searches only')
  return computed
}

export function isText(field: Field): boolean {
  return TEXTS.includes(field.type)
}

/** Fields whose terms are strings, whole or in tokens. */
export function hasStringTerms(field: Field): boolean {
  switch (field.type) {
    case 'text':
    case 'match_only_text':
    case 'search_as_you_type':
    case 'annotated_text':
    case 'version':
    case 'counted_keyword':
    case 'join':
    case 'keyword':
    case 'constant_keyword':
    case 'wildcard':
    case 'flattened':
    case 'completion':
      return true
    default:
      return false
  }
}
