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
    origin: { address: request.address, request: `${request.method} ${request.path}` },
    user: request.access.principal.name,
    change,
  })
}
