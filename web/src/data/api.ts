import type { JsonObject } from '../../../src/core/json.ts'
import type { CoverageAnswer, FieldsAnswer } from '../../../src/ui-api/wire/fields.ts'
import type { SavedAttributes, SavedKind, SavedObject, SavedObjectHead } from '../../../src/ui-api/wire/saved-object.ts'
import type { SessionAnswer, SignIn } from '../../../src/ui-api/wire/session.ts'
import { ApiError, ask, send } from './http.ts'

/** Who is signed in; `null` when nobody is. */
export async function loadSession(): Promise<SessionAnswer | null> {
  try {
    return await ask<SessionAnswer>('GET', '/_ui/session')
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

export function signIn(credentials: SignIn): Promise<SessionAnswer> {
  return ask('POST', '/_ui/session', { body: credentials })
}

export async function signOut(): Promise<void> {
  await send('DELETE', '/_ui/session')
}

export function loadFields(index: string, signal?: AbortSignal): Promise<FieldsAnswer> {
  return ask('GET', `/_ui/fields?index=${encodeURIComponent(index)}`, signal === undefined ? {} : { signal })
}

export function loadCoverage(
  request: { index: string; query: JsonObject; fields: readonly string[] },
  signal: AbortSignal,
): Promise<CoverageAnswer> {
  return ask('POST', '/_ui/fields/coverage', { body: request, signal })
}

/** Data streams, aliases and indices that can be looked at. */
export async function loadNames(): Promise<readonly string[]> {
  return (await ask<{ names: readonly string[] }>('GET', '/_ui/names')).names
}

export async function listObjects(kind: SavedKind): Promise<readonly SavedObjectHead[]> {
  return (await ask<{ objects: readonly SavedObjectHead[] }>('GET', `/_ui/objects/${kind}`)).objects
}

export function loadObject<Kind extends SavedKind>(kind: Kind, id: string): Promise<SavedObject<Kind>> {
  return ask('GET', `/_ui/objects/${kind}/${encodeURIComponent(id)}`)
}

export function saveObject<Kind extends SavedKind>(
  kind: Kind,
  id: string,
  change: { basedOn: number; attributes: SavedAttributes[Kind] },
): Promise<SavedObject<Kind>> {
  return ask('PUT', `/_ui/objects/${kind}/${encodeURIComponent(id)}`, { body: change })
}
