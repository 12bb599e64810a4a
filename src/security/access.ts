import type { Access, Principal } from '../core/access.ts'
import type { ClusterPrivilege, IndexPrivilege } from '../core/actions.ts'
import { nameMatcher } from './name-pattern.ts'
import { impliesClusterPrivilege, impliesIndexPrivilege } from './privileges.ts'
import type { IndexPrivileges, Role } from './role.ts'

/** Answers about indices that are kept per principal; beyond this many names they are worked out anew. */
const MAX_CACHED_INDICES = 10_000

/** Indices that hold the stack's own secrets: no pattern reaches them unless the role says so. */
const RESTRICTED = /^\.(?:security|async-search|fleet-(?:secrets|actions)|elkhorn-)/

/** What holds for one index. */
interface Grants {
  readonly privileges: ReadonlySet<IndexPrivilege>
  readonly documents: unknown
  readonly fields: ((path: string) => boolean) | undefined
}

/** What the roles of a principal allow together. The more roles the more is allowed; nothing is ever taken away. */
export function accessOfRoles(principal: Principal, roles: readonly Role[]): Access {
  const groups = roles.flatMap((role) => role.indices).map((group) => ({ group, matches: nameMatcher(group.names) }))
  const somewhere = new Set(groups.flatMap(({ group }) => group.privileges))
  const cluster = new Set(roles.flatMap((role) => role.cluster))
  const applications = roles.flatMap((role) => role.applications)
  const cache = new Map<string, Grants>()
  const grantsOn = (index: string): Grants => {
    const known = cache.get(index)
    if (known) return known
    const stream = dataStreamOf(index)
    const restricted = RESTRICTED.test(index)
    const matching = groups
      .filter(
        ({ group, matches }) =>
          (!restricted || group.allow_restricted_indices) && (matches(index) || (stream !== undefined && matches(stream))),
      )
      .map(({ group }) => group)
    const grants = combine(matching)
    if (cache.size < MAX_CACHED_INDICES) cache.set(index, grants)
    return grants
  }
  return {
    principal,
    allows: (privilege, index) => some(grantsOn(index).privileges, (held) => impliesIndexPrivilege(held, privilege)),
    allowsCluster: (privilege) => some(cluster, (held: ClusterPrivilege) => impliesClusterPrivilege(held, privilege)),
    allowsSomewhere: (privilege) => some(somewhere, (held) => impliesIndexPrivilege(held, privilege)),
    allowsApplication: (passes) => applications.some(passes),
    documents: (index) => grantsOn(index).documents,
    fields: (index) => grantsOn(index).fields,
  }
}

/** What both allow: an API key is limited by what its owner was allowed when it was made. */
export function limitedAccess(own: Access, limit: Access): Access {
  return {
    principal: own.principal,
    allows: (privilege, index) => own.allows(privilege, index) && limit.allows(privilege, index),
    allowsCluster: (privilege) => own.allowsCluster(privilege) && limit.allowsCluster(privilege),
    allowsSomewhere: (privilege) => own.allowsSomewhere(privilege) && limit.allowsSomewhere(privilege),
    allowsApplication: (passes) => own.allowsApplication(passes) && limit.allowsApplication(passes),
    documents: (index) => {
      const filter = [own.documents(index), limit.documents(index)].filter((query) => query !== undefined)
      return filter.length < 2 ? filter[0] : { bool: { filter } }
    },
    fields: (index) => {
      const [a, b] = [own.fields(index), limit.fields(index)]
      return a && b ? (path) => a(path) && b(path) : (a ?? b)
    },
  }
}

function combine(groups: readonly IndexPrivileges[]): Grants {
  const readers = groups.filter((group) => group.privileges.some((held) => impliesIndexPrivilege(held, 'read')))
  return {
    privileges: new Set(groups.flatMap((group) => group.privileges)),
    documents: combineQueries(readers),
    fields: combineFields(readers),
  }
}

/** A document is seen when one of the groups shows it; a group without a query shows all. */
function combineQueries(groups: readonly IndexPrivileges[]): unknown {
  const queries = groups.map((group) => group.query).filter((query) => query !== undefined && query !== '')
  if (groups.length === 0 || queries.length < groups.length) return undefined
  const should = queries.map((query): unknown => JSON.parse(query ?? '{}'))
  return should.length === 1 ? should[0] : { bool: { should, minimum_should_match: 1 } }
}

/**
 * A field is seen when one of the groups shows it: what it grants (all, when it says nothing) less its exceptions. An exception
 * also hides what is within it: the numbers of a point, the `keyword` beside a text.
 */
function combineFields(groups: readonly IndexPrivileges[]): ((path: string) => boolean) | undefined {
  if (groups.length === 0 || groups.some((group) => group.field_security === undefined)) return undefined
  const shown = groups.map(({ field_security }) => {
    const granted = nameMatcher(field_security?.grant ?? ['*'])
    const excepted = nameMatcher(field_security?.except ?? [])
    return (path: string): boolean => granted(path) && !pathsAround(path).some((one) => excepted(one))
  })
  return (path) => path.startsWith('_') || shown.some((shows) => shows(path))
}

/** `a.b.c` → `a`, `a.b`, `a.b.c` */
function pathsAround(path: string): readonly string[] {
  const names = path.split('.')
  return names.map((_, at) => names.slice(0, at + 1).join('.'))
}

/** `.ds-logs-app-prod-2026.11.01-000001` belongs to `logs-app-prod`, and whoever may use that may use it. */
function dataStreamOf(index: string): string | undefined {
  return /^\.(?:ds|fs)-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6}$/.exec(index)?.[1]
}

function some<T>(values: ReadonlySet<T>, test: (value: T) => boolean): boolean {
  for (const value of values) if (test(value)) return true
  return false
}
