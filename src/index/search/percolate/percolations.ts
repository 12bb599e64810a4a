import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { visitParts } from '../../../query/dsl/parts.ts'
import { parseQuery } from '../../../query/dsl/parse-query.ts'
import type { PercolateQuery } from '../../../query/dsl/percolate.ts'
import type { UnboundQuery } from '../../../query/dsl/unbound.ts'
import type { HighlightRequest } from '../../../query/highlight/highlight-request.ts'
import type { FieldFetcher } from '../field-fetcher.ts'
import { highlighterOf, type Highlighter } from '../highlight.ts'
import type { SearchedIndex } from '../targets.ts'
import { storedQuery } from './percolator.ts'

/** The `percolate` queries of a search. */
export function percolationsOf(query: UnboundQuery | undefined): readonly PercolateQuery[] {
  const found: PercolateQuery[] = []
  visitParts(query, (part) => {
    if (part.kind === 'percolate') found.push(part)
  })
  return found
}

const SLOTS = '_percolator_document_slot'

/** Shows of each hit which of the documents its query matches, by their numbers. */
export function slotFetchers({ bind }: SearchedIndex, percolations: readonly PercolateQuery[]): readonly FieldFetcher[] {
  return percolations.flatMap(({ field: path, documents, name }): FieldFetcher[] => {
    const field = bind.fields.find(path)
    if (!field || !bind.percolator) return []
    const scoresOf = bind.percolator(documents, field)
    const shown = percolations.length === 1 || name === undefined ? SLOTS : `${SLOTS}_${name}`
    return [
      (stored, into) => {
        const slots = slotsOf(scoresOf(stored))
        if (slots.length > 0) into.set(shown, slots)
      },
    ]
  })
}

const slotsOf = (scores: readonly (number | undefined)[]): number[] =>
  scores.flatMap((score, slot) => (score === undefined ? [] : [slot]))

/** Marks what the query of a hit found in the documents, under the names of their fields and, of several, their numbers. */
export function percolatedHighlighter(
  searched: SearchedIndex,
  percolations: readonly PercolateQuery[],
  request: HighlightRequest,
): Highlighter {
  const { bind } = searched
  return (stored) => {
    const marked: Record<string, JsonValue> = {}
    for (const { field: path, documents, name } of percolations) {
      const field = bind.fields.find(path)
      const json = field && storedQuery(stored, field.path)
      if (!json || !bind.percolator) continue
      const query = parseQuery(json)
      const highlight = highlighterOf(searched, { request, query }, bind.fields)
      for (const slot of slotsOf(bind.percolator(documents, field)(stored))) {
        const prefix = [
          ...(percolations.length > 1 && name !== undefined ? [name] : []),
          ...(documents.length > 1 ? [String(slot)] : []),
        ]
        const found: JsonObject = highlight(documents[slot] ?? {}) ?? {}
        for (const [member, fragments] of Object.entries(found)) marked[[...prefix, member].join('_')] = fragments ?? null
      }
    }
    return Object.keys(marked).length > 0 ? marked : undefined
  }
}
