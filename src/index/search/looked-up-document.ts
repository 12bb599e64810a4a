import type { IndexAccess } from '../../core/access.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { getDocument } from '../documents/get-documents.ts'
import { parseDocumentExactly } from '../documents/parse-document.ts'
import type { IndexContext } from '../index-context.ts'
import type { Where } from './targets.ts'

/** What lookups ask, and for whom. */
export interface LookupContext {
  readonly context: IndexContext
  readonly access: IndexAccess
  /** The indices that are searched. */
  readonly where: Where
  readonly signal: AbortSignal
}

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'object' ? printJson(value) : String(value))

/** The source of a document; `undefined` where it is not there. An index that is not there is an error. */
export async function documentOf(
  { index, id, routing }: { readonly index: string; readonly id: string; readonly routing?: JsonValue | undefined },
  { context, access, signal }: LookupContext,
): Promise<JsonObject | undefined> {
  const request = { target: index, id, realtime: true, refresh: false, signal }
  const { document } = await getDocument(context, access, {
    ...request,
    ...(routing === undefined || routing === null ? {} : { routing: textOf(routing) }),
  })
  return document && parseDocumentExactly(document.source)
}

/** As `documentOf`, and without an error where even the index is missing. */
export async function documentIfAny(
  named: { readonly index: string; readonly id: string; readonly routing?: JsonValue | undefined },
  lookup: LookupContext,
): Promise<JsonObject | undefined> {
  try {
    return await documentOf(named, lookup)
  } catch (error) {
    if (error instanceof ElkhornError && error.status === 404) return undefined
    throw error
  }
}
