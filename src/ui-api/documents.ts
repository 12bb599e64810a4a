import type { IndexAccess } from '../core/access.ts'
import type { FieldSummary } from './wire/fields.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { IndexState } from '../index/index-state.ts'
import type { CompiledMapping } from '../index/mapping/compile-mapping.ts'
import { resolveAbstractions, resolveIndices } from '../index/names/resolve-names.ts'
import { search } from '../index/search/search.ts'
import { parseSearch } from '../query/parse-search.ts'
import type { DocumentsPort } from './ports.ts'
import { indexTail } from './index-tail.ts'
import { namesOf, pageOptions } from './page-names.ts'

/** Fields of one answer: 2 MB of text at most. Mappings allow 1,000 an index unless told otherwise. */
const MAX_FIELDS = 20_000
const MAX_NAMES = 2000

/** The documents of this node's indices, as pages ask for them. */
export function indexDocuments(context: IndexContext, node: string): DocumentsPort {
  const indicesOf = (access: IndexAccess, index: string): readonly IndexState[] =>
    resolveIndices(
      { catalog: context.catalog, access, action: 'indices:data/read/field_caps', now: context.clock.now() },
      namesOf(index),
      pageOptions,
    ).map((resolved) => resolved.index)
  return {
    search(access, index, body, signal) {
      const where = { names: namesOf(index), options: pageOptions, action: 'indices:data/read/search' } as const
      const printing = { typedKeys: false, totalAsInt: false, node, allowPartial: true, sourceAsText: true }
      return search(context, access, where, parseSearch(body), printing, signal)
    },
    fields(access, index) {
      const indices = indicesOf(access, index)
      const fields = fieldsOf(access, indices)
      return { fields: fields.slice(0, MAX_FIELDS), indices: indices.length, truncated: fields.length > MAX_FIELDS }
    },
    names(access) {
      const names = { catalog: context.catalog, access, action: 'indices:data/read/search', now: context.clock.now() } as const
      return resolveAbstractions(names, ['*'], pageOptions)
        .map(({ name }) => name)
        .sort()
        .slice(0, MAX_NAMES)
    },
    tail: indexTail(context),
  }
}

/** By name. Many indices share one mapping: it is read once for each set of fields that a role may see. */
function fieldsOf(access: IndexAccess, indices: readonly IndexState[]): FieldSummary[] {
  const seen = new Set<CompiledMapping>()
  const byName = new Map<string, FieldSummary>()
  for (const index of indices) {
    const granted = access.fields(index.dataStream ?? index.name)
    if (granted === undefined && seen.has(index.mapping)) continue
    if (granted === undefined) seen.add(index.mapping)
    for (const { path, type, parameters } of index.fields.all()) {
      if (granted !== undefined && !granted(path)) continue
      const { indexed, docValues } = parameters
      const known = byName.get(path)
      byName.set(path, {
        name: path,
        type: known === undefined || known.type === type ? type : 'conflict',
        searchable: (indexed || docValues) && (known?.searchable ?? true),
        aggregatable: docValues && (known?.aggregatable ?? true),
      })
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
