import { matchesWildcard } from '../../core/wildcard.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import type { BindContext } from './context.ts'
import type { Scalar } from './typed-value.ts'

/** Queries for values of metadata fields: `_id` asks for documents, `_index` is true or false of the whole index. */
export function metadataTerms(path: string, values: readonly Scalar[], context: BindContext): Query | undefined {
  switch (path) {
    case '_id':
      return { kind: 'ids', ids: values.map(String) }
    case '_index':
      return values.some((value) => matchesWildcard(String(value), context.index.name)) ? matchAll : matchNone
    case '_routing':
      return { kind: 'routing', values: values.map(String) }
    case '_type':
      return values.includes('_doc') ? matchAll : matchNone
    default:
      return undefined
  }
}
