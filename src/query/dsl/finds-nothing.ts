import type { UnboundQuery } from './unbound.ts'

/** Whether a query tells without an index that it finds nothing; then nothing around it is looked at, however wrong it is. */
export function findsNothing(query: UnboundQuery): boolean {
  switch (query.kind) {
    case 'match_none':
      return true
    case 'ids':
    case 'terms':
      return query.values.length === 0
    case 'bool': {
      const required = [...query.must, ...query.filter]
      return required.length > 0 ? required.some(findsNothing) : query.should.length > 0 && query.should.every(findsNothing)
    }
    case 'boosting':
      return findsNothing(query.positive)
    case 'constant_score':
      return findsNothing(query.filter)
    case 'script_score':
      return findsNothing(query.query)
    case 'function_score':
      return query.query !== undefined && findsNothing(query.query)
    default:
      return false
  }
}
