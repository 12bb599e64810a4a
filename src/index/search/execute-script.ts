import type { IndexAccess } from '../../core/access.ts'
import { doubleJson } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { filterContext, scoreContext } from '../../script/painless/contexts/document-values.ts'
import type { ScriptReference } from '../../script/script-request.ts'
import type { IndexContext } from '../index-context.ts'
import { searchOptions } from '../names/resolve-names.ts'
import { documentValues } from './document-values.ts'
import { scoreDocument } from './percolate/percolator.ts'
import { openTargets } from './targets.ts'

const CONTEXTS = { filter: filterContext, score: scoreContext } as const

export function isDocumentContext(name: string): name is keyof typeof CONTEXTS {
  return Object.hasOwn(CONTEXTS, name)
}

/** Runs a script over a document that is given, as a search in an index would. @throws ElkhornError (400) */
export async function executeScript(
  context: IndexContext,
  access: IndexAccess,
  reference: ScriptReference,
  name: keyof typeof CONTEXTS,
  setup: JsonValue | undefined,
): Promise<unknown> {
  const { index: indexName, document, query } = setupOf(setup)
  const where = { names: [indexName], options: searchOptions, action: 'indices:data/read/search' } as const
  const { searched } = await openTargets(context, access, where, context.clock.now())
  const [only] = searched
  if (!only?.bind.computed || searched.length > 1)
    throw illegalArgument(`[context_setup.index] must be one index, not [${indexName}]`)
  const { bind, index } = only
  const scored = query && scoreDocument(index, document, query, () => bind)
  const result = only.bind.computed.over(reference, CONTEXTS[name])({ ...documentValues(index, document), score: scored ?? 0 })
  return name === 'score' ? doubleJson(Number(result)) : result
}

interface Setup {
  readonly index: string
  readonly document: JsonObject
  /** Gives the document its score. */
  readonly query: JsonObject | undefined
}

function setupOf(setup: JsonValue | undefined): Setup {
  const { index, document, query } = isJsonObject(setup) ? setup : {}
  if (typeof index !== 'string') throw illegalArgument('Required [context_setup.index]')
  if (!isJsonObject(document)) throw illegalArgument('Required [context_setup.document]')
  if (query !== undefined && !isJsonObject(query)) throw illegalArgument('[context_setup.query] must be a query')
  return { index, document, query }
}
