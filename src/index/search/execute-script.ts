import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { filterContext, scoreContext } from '../../script/painless/contexts/document-values.ts'
import type { ScriptReference } from '../../script/script-request.ts'
import type { IndexContext } from '../index-context.ts'
import { searchOptions } from '../names/resolve-names.ts'
import { documentValues } from './document-values.ts'
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
  const { index: indexName, document } = setupOf(setup)
  const where = { names: [indexName], options: searchOptions, action: 'indices:data/read/search' } as const
  const { searched } = await openTargets(context, access, where, context.clock.now())
  const [only] = searched
  if (!only?.bind.computed || searched.length > 1)
    throw illegalArgument(`[context_setup.index] must be one index, not [${indexName}]`)
  return only.bind.computed.over(reference, CONTEXTS[name])(documentValues(only.index, document))
}

function setupOf(setup: JsonValue | undefined): { readonly index: string; readonly document: JsonObject } {
  const { index, document } = isJsonObject(setup) ? setup : {}
  if (typeof index !== 'string') throw illegalArgument('Required [context_setup.index]')
  if (!isJsonObject(document)) throw illegalArgument('Required [context_setup.document]')
  return { index, document }
}
