import type { Access, ApplicationGrant } from '../core/access.ts'
import { clusterPrivileges, indexPrivileges, type ClusterPrivilege, type IndexPrivilege } from '../core/actions.ts'
import { ElkhornError } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import { validationError } from './role.ts'

/** What `_has_privileges` is asked. */
interface Question {
  readonly cluster: readonly string[]
  readonly index: readonly { readonly names: readonly string[]; readonly privileges: readonly string[] }[]
  readonly application: readonly ApplicationGrant[]
}

export interface PrivilegesAnswer {
  readonly username: string
  readonly has_all_requested: boolean
  readonly cluster: Readonly<Record<string, boolean>>
  readonly index: Readonly<Record<string, Readonly<Record<string, boolean>>>>
  readonly application: ApplicationAnswers
}

/** Privileges times what they are asked of. Each takes a microsecond for every grant that one has. */
const MAX_ANSWERS = 10_000

const knownIndex: ReadonlySet<string> = new Set(indexPrivileges)
const knownCluster: ReadonlySet<string> = new Set(clusterPrivileges)
const isIndexPrivilege = (text: string): text is IndexPrivilege => knownIndex.has(text)
const isClusterPrivilege = (text: string): text is ClusterPrivilege => knownCluster.has(text)

/**
 * Answers which of the named privileges one has. Index names may be patterns: those count when everything they stand for
 * is allowed, which is when they themselves, taken as a name, are.
 *
 * @param actionsOf what a registered privilege of an application stands for; nothing for others
 * @throws ElkhornError (400) for privileges that there are not, or too many at once
 */
export function hasPrivileges(access: Access, body: JsonValue, actionsOf: ActionsOf): PrivilegesAnswer {
  const question = parseQuestion(body)
  const answers = [
    ...question.index.map(({ names, privileges }) => names.length * privileges.length),
    ...question.application.map(({ resources, privileges }) => resources.length * privileges.length),
  ].reduce((sum, more) => sum + more, question.cluster.length)
  if (answers > MAX_ANSWERS)
    throw validationError([`[${answers}] privileges are asked about, more than [${MAX_ANSWERS}]: ask in several requests`])
  const cluster = Object.fromEntries(
    question.cluster.map((name) => [name, isClusterPrivilege(name) && access.allowsCluster(name)]),
  )
  const index = table<Record<string, boolean>>()
  for (const { names, privileges } of question.index) {
    for (const name of names) {
      const answers = (index[name] ??= table())
      for (const privilege of privileges) answers[privilege] = isIndexPrivilege(privilege) && access.allows(privilege, name)
    }
  }
  const application = applicationAnswers(access, question.application, actionsOf)
  const all = [
    ...Object.values(cluster),
    ...[...Object.values(index), ...Object.values(application).flatMap((byResource) => Object.values(byResource))].flatMap(
      (answers) => Object.values(answers),
    ),
  ]
  return {
    username: access.principal.name,
    has_all_requested: all.every(Boolean),
    cluster,
    index,
    application,
  }
}

type ActionsOf = (application: string, privilege: string) => readonly string[]

/** By application, resource and privilege. */
type ApplicationAnswers = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, boolean>>>>>>

function applicationAnswers(access: Access, asked: readonly ApplicationGrant[], actionsOf: ActionsOf): ApplicationAnswers {
  const answers = table<Record<string, Record<string, boolean>>>()
  for (const { application, resources, privileges } of asked) {
    const byResource = (answers[application] ??= table())
    for (const resource of resources) {
      const byPrivilege = (byResource[resource] ??= table())
      for (const privilege of privileges) {
        byPrivilege[privilege] = access.allowsApplication((grant) =>
          covers(grant, { application, resource, privilege }, actionsOf),
        )
      }
    }
  }
  return answers
}

/** Of whatever names a request has: without a prototype, `__proto__` is one like any other. */
const table = <T>(): Record<string, T> => Object.create(null) as Record<string, T>

/** Whether a grant reaches a privilege: by its name, or by all the actions that it stands for. */
function covers(
  grant: ApplicationGrant,
  { application, resource, privilege }: { readonly application: string; readonly resource: string; readonly privilege: string },
  actionsOf: ActionsOf,
): boolean {
  if (!matchesWildcard(grant.application, application)) return false
  if (!grant.resources.some((pattern) => matchesWildcard(pattern, resource))) return false
  if (grant.application === application && grant.privileges.includes(privilege)) return true
  const actions = (name: string): readonly string[] => (isAction(name) ? [name] : actionsOf(application, name))
  const granted = grant.privileges.flatMap(actions)
  const needed = actions(privilege)
  return (
    granted.includes('*') ||
    (needed.length > 0 && needed.every((action) => granted.some((pattern) => matchesWildcard(pattern, action))))
  )
}

const isAction = (text: string): boolean => /[/*:]/.test(text)

function parseQuestion(body: JsonValue): Question {
  if (!isJsonObject(body))
    throw new ElkhornError('parse_exception', 400, 'expected the body of [_has_privileges] to be an object')
  const unknown = Object.keys(body).find((key) => !['cluster', 'index', 'application'].includes(key))
  if (unknown !== undefined)
    throw new ElkhornError(
      'parse_exception',
      400,
      `failed to parse privilege check [_has_privileges]. unexpected field [${unknown}]`,
    )
  const cluster = body['cluster'] === undefined ? [] : texts(body['cluster'], 'cluster')
  const index = objects(body['index']).map((one) => ({
    names: texts(one['names'], 'names'),
    privileges: texts(one['privileges'], 'privileges'),
  }))
  const application = objects(body['application']).map((one) => ({
    application: texts(one['application'], 'application')[0] ?? '',
    resources: texts(one['resources'], 'resources'),
    privileges: texts(one['privileges'], 'privileges'),
  }))
  const problems = [
    ...cluster.filter((name) => !isClusterPrivilege(name)).map((name) => `unknown cluster privilege [${name}]`),
    ...index
      .flatMap((one) => one.privileges)
      .filter((name) => !isIndexPrivilege(name))
      .map((name) => `unknown index privilege [${name}]`),
  ]
  if (cluster.length + index.length + application.length === 0) problems.push('must specify at least one privilege')
  if (problems.length > 0) throw validationError(problems)
  return { cluster, index, application }
}

const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : [])

function texts(value: JsonValue | undefined, field: string): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((one) => {
    if (typeof one !== 'string')
      throw new ElkhornError('parse_exception', 400, `failed to parse privilege check. expected field [${field}] to hold text`)
    return one
  })
}
