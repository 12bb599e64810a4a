import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { IndexState } from '../../index/index-state.ts'
import { findNode } from '../../index/mapping/compile-mapping.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { Field, FieldType } from '../../query/field.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, requestIndices, searchOptions } from '../indices/names.ts'

export const fieldCapsRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/_field_caps', '/{index}/_field_caps'],
    action: 'indices:data/read/field_caps',
    params: [...NAMES_PARAMS, 'fields', 'include_unmapped', 'filters', 'types', 'include_empty_fields'],
    handler: fieldCaps,
  },
]

/** What one index can do with a field. */
interface Capability {
  readonly type: string
  readonly searchable: boolean
  readonly aggregatable: boolean
  readonly metadata: boolean
  readonly meta: JsonObject
}

const METADATA: Readonly<Record<string, Omit<Capability, 'metadata' | 'meta'>>> = {
  _id: { type: '_id', searchable: true, aggregatable: false },
  _index: { type: '_index', searchable: true, aggregatable: true },
  _source: { type: '_source', searchable: false, aggregatable: false },
  _routing: { type: '_routing', searchable: true, aggregatable: false },
  _seq_no: { type: '_seq_no', searchable: true, aggregatable: true },
  _version: { type: '_version', searchable: false, aggregatable: true },
}

/** The name that a family of types has in common: clients need not tell its members apart. */
function familyOf(type: FieldType): string {
  switch (type) {
    case 'constant_keyword':
    case 'wildcard':
      return 'keyword'
    case 'match_only_text':
      return 'text'
    default:
      return type
  }
}

function fieldCaps(request: ApiRequest, context: ApiContext): Answer {
  const json = request.json() ?? {}
  for (const key of Object.keys(json)) {
    if (!['fields', 'index_filter', 'runtime_mappings'].includes(key))
      throw illegalArgument(`[field_caps_request] unknown field [${key}]`)
  }
  const patterns = [...request.query.list('fields'), ...strings(json['fields'])]
  if (patterns.length === 0) throw illegalArgument('Validation Failed: 1: no fields specified;')
  const indices = requestIndices(request, context, 'indices:data/read/field_caps', searchOptions)
  const types = request.query.list('types')
  const filters = request.query.list('filters')
  const byField = new Map<string, Map<string, { readonly index: string; readonly capability: Capability }[]>>()
  for (const index of indices) {
    const granted = request.access.fields(index.dataStream ?? index.name)
    for (const [path, capability] of capabilitiesOf(index, patterns, runtimeOf(json))) {
      if (granted && !capability.metadata && !granted(path)) continue
      if (types.length > 0 && !types.includes(capability.type)) continue
      if (filters.includes('-metadata') && capability.metadata) continue
      if (filters.includes('+metadata') && !capability.metadata) continue
      if (filters.includes('-parent') && (capability.type === 'object' || capability.type === 'nested')) continue
      if (filters.includes('-multifield') && isMultiField(index, path)) continue
      let byType = byField.get(path)
      if (!byType) byField.set(path, (byType = new Map()))
      const entries = byType.get(capability.type) ?? []
      entries.push({ index: index.name, capability })
      byType.set(capability.type, entries)
    }
  }
  const unmapped = request.query.boolean('include_unmapped', false)
  const names = indices.map(({ name }) => name)
  return ok({
    indices: names,
    fields: Object.fromEntries(
      [...byField].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, byType]) => [path, printField(byType, names, unmapped)]),
    ),
  })
}

/** Runtime fields that the request brings along. */
const runtimeOf = ({ runtime_mappings: runtime }: JsonObject): JsonObject => (isJsonObject(runtime) ? runtime : {})

function isMultiField(index: IndexState, path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf('.'))
  return path.includes('.') && findNode(index.mapping.mapping, parent)?.kind === 'leaf'
}

function* capabilitiesOf(
  index: IndexState,
  patterns: readonly string[],
  ofRequest: JsonObject,
): Generator<readonly [string, Capability]> {
  // Runtime fields hide those of the mapping; a null takes one away.
  const runtime = { ...index.mapping.mapping.options.runtime, ...ofRequest }
  const isWanted = (path: string): boolean => patterns.some((pattern) => matchesWildcard(pattern, path))
  const matches = (path: string): boolean => !Object.hasOwn(runtime, path) && isWanted(path)
  for (const [path, definition] of Object.entries(runtime)) {
    if (!isJsonObject(definition) || typeof definition['type'] !== 'string' || !isWanted(path)) continue
    const type = definition['type']
    yield [path, { type, searchable: true, aggregatable: true, metadata: false, meta: {} }]
  }
  const parents = new Set<string>()
  for (const field of index.fields.all()) {
    if (!matches(field.path)) continue
    yield [field.path, capabilityOf(index, field)]
    for (let dot = field.path.lastIndexOf('.'); dot > 0; dot = field.path.lastIndexOf('.', dot - 1))
      parents.add(field.path.slice(0, dot))
  }
  for (const [alias] of index.mapping.aliases) {
    const field = index.fields.find(alias)
    if (field && matches(alias)) yield [alias, capabilityOf(index, field)]
  }
  for (const parent of parents) {
    const node = findNode(index.mapping.mapping, parent)
    if (node?.kind === 'object') {
      yield [
        parent,
        { type: node.nested ? 'nested' : 'object', searchable: false, aggregatable: false, metadata: false, meta: {} },
      ]
    }
  }
  for (const [name, capability] of Object.entries(METADATA))
    if (matches(name)) yield [name, { ...capability, metadata: true, meta: {} }]
}

function capabilityOf(index: IndexState, field: Field): Capability {
  const node = findNode(index.mapping.mapping, field.path)
  const parameters = node?.kind === 'leaf' ? node.parameters : {}
  const meta = parameters['meta']
  const { indexed, docValues } = field.parameters
  return {
    type: familyOf(field.type),
    searchable: indexed,
    aggregatable: field.type !== 'completion' && (docValues || parameters['fielddata'] === true),
    metadata: false,
    meta: isJsonObject(meta) ? meta : {},
  }
}

type Entries = readonly { readonly index: string; readonly capability: Capability }[]

function printField(byType: ReadonlyMap<string, Entries>, names: readonly string[], includeUnmapped: boolean): JsonObject {
  const mapped = new Set([...byType.values()].flatMap((entries) => entries.map(({ index }) => index)))
  const unmapped = includeUnmapped ? names.filter((name) => !mapped.has(name)) : []
  const isSplit = byType.size + (unmapped.length > 0 ? 1 : 0) > 1
  const printed = [...byType]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, entries]): [string, JsonValue] => [type, printType(type, entries, isSplit)])
  if (unmapped.length > 0) {
    printed.push([
      'unmapped',
      { type: 'unmapped', metadata_field: false, searchable: false, aggregatable: false, indices: unmapped },
    ])
  }
  return Object.fromEntries(printed)
}

/** Indices are named where types differ, and where some of one type cannot do what others can. */
function printType(type: string, entries: Entries, isSplit: boolean): JsonObject {
  const searchable = entries.filter(({ capability }) => capability.searchable)
  const aggregatable = entries.filter(({ capability }) => capability.aggregatable)
  const without = (some: Entries): readonly string[] => entries.filter((entry) => !some.includes(entry)).map(({ index }) => index)
  const partly = (some: Entries): boolean => some.length > 0 && some.length < entries.length
  const meta = new Map<string, Set<string>>()
  for (const { capability } of entries) {
    for (const [key, value] of Object.entries(capability.meta)) {
      const values = meta.get(key) ?? new Set<string>()
      values.add(String(value))
      meta.set(key, values)
    }
  }
  return {
    type,
    metadata_field: entries.some(({ capability }) => capability.metadata),
    searchable: searchable.length === entries.length,
    aggregatable: aggregatable.length === entries.length,
    ...(isSplit ? { indices: entries.map(({ index }) => index) } : {}),
    ...(partly(searchable) ? { non_searchable_indices: without(searchable) } : {}),
    ...(partly(aggregatable) ? { non_aggregatable_indices: without(aggregatable) } : {}),
    ...(meta.size > 0 ? { meta: Object.fromEntries([...meta].map(([key, values]) => [key, [...values].sort()])) } : {}),
  }
}
