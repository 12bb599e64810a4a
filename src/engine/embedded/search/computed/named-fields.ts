import type { Query } from '../../../../query/ast.ts'
import type { Field } from '../../../../query/field.ts'
import type { SearchTarget } from '../../../engine.ts'

type Computed = NonNullable<SearchTarget['computed']>

/** Computed fields that some part of a request names. Requests are plain data: a field is named by its path. */
export function namedFields(part: unknown, computed: Computed, into: Set<Field> = new Set()): ReadonlySet<Field> {
  if (typeof part === 'string') {
    const field = computed.computed(part)
    if (field) into.add(field)
  } else if (Array.isArray(part)) {
    for (const one of part as readonly unknown[]) namedFields(one, computed, into)
  } else if (typeof part === 'object' && part !== null && !ArrayBuffer.isView(part)) {
    for (const one of Object.values(part)) namedFields(one, computed, into)
  }
  return into
}

/** A query that matches at least what the other one does, and names no computed field. */
export function withoutComputed(query: Query, computed: Computed): Query {
  if (namedFields(query, computed).size === 0) return query
  switch (query.kind) {
    case 'constant_score':
      return withoutComputed(query.query, computed)
    case 'function_score':
      return withoutComputed(query.query, computed)
    case 'bool': {
      const all = [...query.must, ...query.filter].map((one) => withoutComputed(one, computed))
      const mustNot = query.mustNot.filter((one) => namedFields(one, computed).size === 0)
      const { minimumShouldMatch } = query
      const should = minimumShouldMatch > 0 ? query.should.map((one) => withoutComputed(one, computed)) : []
      return { kind: 'bool', must: [], filter: all, should, mustNot, minimumShouldMatch }
    }
    default:
      return { kind: 'all' }
  }
}
