import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Security } from '../../security/security.ts'
import type { ApiRequest } from '../http/route.ts'

/** @throws ElkhornError `parse_exception` when there is none */
export function bodyOf(request: ApiRequest): JsonObject {
  const body = request.json()
  if (body === undefined) throw new ElkhornError('parse_exception', 400, 'request body is required')
  return body
}

/** A part that the path cannot be without. */
export const partOf = (request: ApiRequest, name: string): string => request.part(name) ?? ''

/** Tells the auditor who changed what. */
export function changed(security: Security, request: ApiRequest, change: string): void {
  security.events({
    kind: 'security_changed',
    at: security.clock.now(),
    origin: originOf(request),
    user: request.access.principal.name,
    change,
  })
}

/** Where a request came from, as the auditor and the authenticator are told. */
export const originOf = (request: ApiRequest): { readonly address: string; readonly request: string } => ({
  address: request.address,
  request: `${request.method} ${request.path}`,
})

/** The header of somebody who signs in with name and password. */
export const basicAuthorization = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

/** Does something for each name; resolves to the `errors` of an answer: what each of them that failed was refused for. */
export async function refusedOf(names: readonly string[], work: (name: string) => Promise<void>): Promise<object> {
  const details: Record<string, JsonObject> = {}
  for (const name of names) {
    try {
      await work(name)
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      details[name] = { type: error.type, reason: error.reason }
    }
  }
  const count = Object.keys(details).length
  return count === 0 ? {} : { errors: { count, details } }
}
