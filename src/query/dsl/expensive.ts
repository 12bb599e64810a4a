import { ElkhornError } from '../../core/errors.ts'
import type { BindContext } from '../bind/context.ts'
import type { UnboundQuery } from './unbound.ts'

const SETTING = "cannot be executed when 'search.allow_expensive_queries' is set to false."

/**
 * Where `search.allow_expensive_queries` is false: queries that may look at all terms or all documents.
 * @throws ElkhornError `illegal_state_exception` (400)
 */
export function refuseExpensive(query: UnboundQuery, { fields }: BindContext): void {
  switch (query.kind) {
    case 'prefix':
      throw refused(`[prefix] queries ${SETTING} For optimised prefix queries on text fields please enable [index_prefixes].`)
    case 'fuzzy':
    case 'regexp':
    case 'wildcard':
      throw refused(`[${query.kind}] queries ${SETTING}`)
    case 'range': {
      const type = fields.find(query.field)?.type
      if (type === 'text' || type === 'match_only_text' || type === 'keyword')
        throw refused(`[range] queries on [text] or [keyword] fields ${SETTING}`)
      return
    }
    case 'percolate':
      throw refused(`[percolate] queries ${SETTING}`)
    case 'nested':
    case 'has_child':
    case 'has_parent':
      throw refused(`[joining] queries ${SETTING}`)
    default:
  }
}

const refused = (reason: string): ElkhornError => new ElkhornError('illegal_state_exception', 400, reason)
