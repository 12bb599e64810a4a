import type { UnboundQuery } from './unbound.ts'

/** Visits a query and all within it that are about the same documents and say why a hit is one: not what must not match. */
export function visitParts(query: UnboundQuery | undefined, visit: (part: UnboundQuery) => void): void {
  if (!query) return
  visit(query)
  for (const part of partsOf(query)) visitParts(part, visit)
}

function partsOf(query: UnboundQuery): readonly UnboundQuery[] {
  switch (query.kind) {
    case 'bool':
      return [...query.filter, ...query.must, ...query.should]
    case 'boosting':
      return [query.positive, query.negative]
    case 'constant_score':
      return [query.filter]
    case 'dis_max':
      return query.queries
    case 'function_score':
    case 'script_score':
      return query.query ? [query.query] : []
    case 'pinned':
      return [query.organic]
    default:
      return []
  }
}
