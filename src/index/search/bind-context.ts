import type { IndexAccess } from '../../core/access.ts'
import type { JsonObject } from '../../core/json.ts'
import type { EpochMillis } from '../../core/time.ts'
import type { BindContext } from '../../query/bind/context.ts'
import { ComputedFields } from '../../query/computed/computed-fields.ts'
import { addRuntimeFields } from '../../query/computed/runtime-fields.ts'
import type { Field, FieldLookup } from '../../query/field.ts'
import { isVisibleIn, type ScopePath } from '../../query/nested-objects.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import type { CompiledMapping } from '../mapping/compile-mapping.ts'
import { clusterSetting } from '../settings/cluster-settings.ts'
import { numberSetting } from '../settings/index-settings.ts'
import { percolatorOf } from './percolate/percolator.ts'

/** What a query is bound to: an index as its settings say, with the fields that the principal may see. */
export function bindContextOf(context: IndexContext, access: IndexAccess, index: IndexState, now: EpochMillis): BindContext {
  // What is not granted is in no field, and must not be in the source either.
  const showsSource = access.fields(index.dataStream ?? index.name) === undefined
  const fields = new ComputedFields(visibleFields(index, access), context.scripts, { showsSource, indexName: index.name })
  const { runtime } = index.mapping.mapping.options
  if (runtime) addRuntimeFields(runtime, fields)
  const defaultField = index.settings['index.query.default_field'] ?? '*'
  const bind: BindContext = {
    index: { name: index.name, uuid: index.uuid },
    fields,
    computed: fields,
    ...(index.nested.length > 0 && {
      nested: { objects: index.nested, fieldsOf: (scope) => visibleFields(index, access, scope) },
    }),
    analysis: index.analysis,
    now,
    limits: {
      maxClauses: Number(clusterSetting(context.catalog, 'indices.query.bool.max_clause_count')),
      maxTerms: numberSetting(index.settings, 'index.max_terms_count'),
      maxRegexpLength: numberSetting(index.settings, 'index.max_regex_length'),
      allowExpensive: clusterSetting(context.catalog, 'search.allow_expensive_queries') !== 'false',
    },
    defaultFields: typeof defaultField === 'string' ? [defaultField] : defaultField,
  }
  if (index.mapping.percolators.length === 0) return bind
  return { ...bind, percolator: percolatorOf(index, (mapping) => storedQueryContext(bind, context, mapping)) }
}

/** What a stored query is bound to: all fields, also those that only the documents have which it is asked about. */
function storedQueryContext(bind: BindContext, { scripts }: IndexContext, mapping: CompiledMapping): BindContext {
  const seen = allFields({ fields: mapping, nested: mapping.nested })
  const computed = new ComputedFields(seen.fields, scripts, { indexName: bind.index.name })
  const { runtime } = mapping.mapping.options
  if (runtime) addRuntimeFields(runtime, computed)
  return { ...bind, ...seen, fields: computed, computed }
}

/**
 * Fields that are not granted (field-level security) are as if they were not mapped, and so are those of nested objects,
 * which belong to documents of their own.
 */
function visibleFields(index: IndexState, access: IndexAccess, scope: ScopePath = ''): FieldLookup {
  return fieldsOf(index, scope, access.fields(index.dataStream ?? index.name))
}

/** The fields of documents, or of nested objects, whatever anybody may see of them. */
export function allFields(index: Pick<IndexState, 'fields' | 'nested'>): Pick<BindContext, 'fields' | 'nested'> {
  if (index.nested.length === 0) return { fields: index.fields }
  return { fields: fieldsOf(index, ''), nested: { objects: index.nested, fieldsOf: (scope) => fieldsOf(index, scope) } }
}

function fieldsOf(
  index: Pick<IndexState, 'fields' | 'nested'>,
  scope: ScopePath,
  granted?: (path: string) => boolean,
): FieldLookup {
  if (!granted && index.nested.length === 0) return index.fields
  const visible = ({ path }: Field): boolean => (granted?.(path) ?? true) && isVisibleIn(scope, path, index.nested)
  return {
    find: (path) => {
      const field = index.fields.find(path)
      return field && visible(field) ? field : undefined
    },
    match: (pattern) => index.fields.match(pattern).filter(visible),
    all: () => index.fields.all().filter(visible),
  }
}

/** The same index for one search, with the fields that its request defines. @throws ElkhornError for a field that makes no sense */
export function withRuntimeFields(bind: BindContext, mappings: JsonObject | undefined): BindContext {
  if (!bind.computed) return bind
  const fields = bind.computed.copy()
  if (mappings) addRuntimeFields(mappings, fields)
  return { ...bind, fields, computed: fields }
}
