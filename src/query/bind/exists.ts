import { illegalArgument } from '../../core/errors.ts'
import { matchAll, matchNone, type Query } from '../ast.ts'
import type { Field } from '../field.ts'
import { anyOf } from './combine.ts'
import { queryShardException, type BindContext } from './context.ts'

/** Metadata that every document has. */
const ALWAYS_THERE = new Set(['_id', '_index', '_seq_no', '_version', '_primary_term', '_type'])

/** Documents that have any value in a field, in one of an object's, or in one of those that a pattern matches. */
export function existsQuery(path: string, context: BindContext): Query {
  if (path === '_source') throw queryShardException(context, 'The _source field is not searchable')
  if (ALWAYS_THERE.has(path)) return { kind: 'constant_score', query: matchAll }
  if (path === '_routing') return { kind: 'routing' }
  const field = context.fields.find(path)
  if (field) return fieldExists(field)
  const fields = path.includes('*') ? context.fields.match(path) : context.fields.match(`${path}.*`)
  if (fields.length === 0) return matchNone
  return { kind: 'constant_score', query: anyOf(fields.filter(({ type }) => type !== 'rank_features').map(fieldExists)) }
}

function fieldExists(field: Field): Query {
  if (field.type === 'constant_keyword')
    return field.parameters.constant === undefined ? matchNone : { kind: 'constant_score', query: matchAll }
  if (field.type === 'rank_features') throw illegalArgument('[rank_features] fields do not support [exists] queries')
  const { docValues, stored } = field.parameters
  if (field.type === 'binary' && !docValues && stored !== true) return matchNone
  return { kind: 'exists', field: field.path }
}
