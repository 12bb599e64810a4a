import {
  clusterActions,
  indexActions,
  type ClusterAction,
  type ClusterPrivilege,
  type IndexAction,
  type IndexPrivilege,
} from './actions.ts'
import { ElkhornError } from './errors.ts'

/** Who asks: a user, an API key of one, a device, or Elkhorn itself. */
export interface Principal {
  readonly name: string
  readonly kind: 'user' | 'api_key' | 'device' | 'internal'
  readonly roles: readonly string[]
  readonly realm: string
  /** The key that stands for the user, where `kind` is `api_key`; `name` is then the user it belongs to. */
  readonly apiKey?: { readonly id: string; readonly name: string }
}

/**
 * What one principal may do with indices. Wildcards in a request expand to what it allows; a name that was written out
 * and is not allowed is a 403. Everything in `index/` that takes names takes an access with them.
 */
export interface IndexAccess {
  readonly principal: Principal
  allows(privilege: IndexPrivilege, index: string): boolean
  /** Query DSL that limits which documents of an index are seen (document-level security); `undefined` for no limit. */
  documents(index: string): unknown
  /** Tells which fields of an index are seen (field-level security), by dotted path; `undefined` for all. */
  fields(index: string): ((path: string) => boolean) | undefined
}

/** What is allowed in applications that ask here who may do what in them, as Kibana does. All may be patterns with `*`. */
export interface ApplicationGrant {
  readonly application: string
  /** Names of the application's privileges, or its actions. */
  readonly privileges: readonly string[]
  readonly resources: readonly string[]
}

/** What one principal may do with indices and with the node as a whole. Every route of the API is given one. */
export interface Access extends IndexAccess {
  allowsCluster(privilege: ClusterPrivilege): boolean
  /** Whether there may be an index of which this is allowed: otherwise a request need not be looked at. */
  allowsSomewhere(privilege: IndexPrivilege): boolean
  /** Whether some grant in applications passes a test. */
  allowsApplication(passes: (grant: ApplicationGrant) => boolean): boolean
}

/** Elkhorn's own work: the sample data's templates, alerts, audit. Never handed to a request. */
export const internalAccess: Access = {
  principal: { name: '_elkhorn', kind: 'internal', roles: ['superuser'], realm: '__internal' },
  allows: () => true,
  allowsCluster: () => true,
  allowsSomewhere: () => true,
  allowsApplication: () => true,
  documents: () => undefined,
  fields: () => undefined,
}

/** Nobody in particular, who may do nothing: what public routes are given. */
export const nobodyAccess: Access = {
  principal: { name: '_anonymous', kind: 'internal', roles: [], realm: '__anonymous' },
  allows: () => false,
  allowsCluster: () => false,
  allowsSomewhere: () => false,
  allowsApplication: () => false,
  documents: () => undefined,
  fields: () => undefined,
}

/** Any of the privileges that grant an action is enough. */
export function allowsAction(access: IndexAccess, action: IndexAction, index: string): boolean {
  return indexActions[action].some((privilege) => access.allows(privilege, index))
}

/**
 * @throws ElkhornError `security_exception` (403) naming those of `indices` that the principal may not use this way
 */
export function requireIndices(access: IndexAccess, action: IndexAction, indices: readonly string[]): void {
  const refused = indices.filter((index) => !allowsAction(access, action, index))
  if (refused.length > 0) throw unauthorizedOnIndices(access.principal, action, refused)
}

/** @throws ElkhornError `security_exception` (403). An action that no privilege is listed for is everybody's. */
export function requireCluster(access: Access, action: ClusterAction): void {
  const granting: readonly ClusterPrivilege[] = clusterActions[action]
  if (granting.length === 0 || granting.some((privilege) => access.allowsCluster(privilege))) return
  throw refusal(`${describe(access.principal, action)}, this action is granted by the cluster privileges [${granting.join(',')}]`)
}

/** @throws ElkhornError `security_exception` (403) where there is no index at all that the principal may use this way */
export function requireSomewhere(access: Access, action: IndexAction): void {
  if (indexActions[action].some((privilege) => access.allowsSomewhere(privilege))) return
  const granting = indexActions[action].join(',')
  throw refusal(`${describe(access.principal, action)}, this action is granted by the index privileges [${granting}]`)
}

/** The refusal of an operation on indices, in Elasticsearch's words. */
export function unauthorizedOnIndices(principal: Principal, action: IndexAction, indices: readonly string[]): ElkhornError {
  const granting = indexActions[action].join(',')
  return refusal(
    `${describe(principal, action)} on indices [${indices.join(',')}], this action is granted by the index privileges [${granting}]`,
  )
}

function describe(principal: Principal, action: string): string {
  const who = principal.apiKey
    ? `API key id [${principal.apiKey.id}] of user [${principal.name}]`
    : `user [${principal.name}] with effective roles [${principal.roles.join(',')}]`
  return `action [${action}] is unauthorized for ${who}`
}

const refusal = (reason: string): ElkhornError => new ElkhornError('security_exception', 403, reason)
