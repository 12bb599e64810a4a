import type { ApplicationGrant } from '../core/access.ts'
import { clusterPrivileges, indexPrivileges, type ClusterPrivilege, type IndexPrivilege } from '../core/actions.ts'
import { ElkhornError } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { nearestName } from '../core/nearest.ts'
import { printJson } from '../core/print-json.ts'
import { nameMatcher } from './name-pattern.ts'

/** Privileges on the indices whose names match. Spelled as in Elasticsearch's role API, which is also how it is stored. */
export interface IndexPrivileges {
  readonly names: readonly string[]
  readonly privileges: readonly IndexPrivilege[]
  readonly field_security?: { readonly grant?: readonly string[]; readonly except?: readonly string[] }
  /** Query DSL as text: only documents that match are seen. */
  readonly query?: string
  readonly allow_restricted_indices: boolean
}

/** What a role grants. Its name is the key it is stored under. */
export interface Role {
  readonly cluster: readonly ClusterPrivilege[]
  readonly indices: readonly IndexPrivileges[]
  readonly applications: readonly ApplicationGrant[]
  readonly run_as: readonly string[]
  readonly metadata: JsonObject
  readonly transient_metadata?: JsonObject
  readonly description?: string
}

/** Members of a role that are somebody else's business: read and ignored, as an exported role may carry them. */
const IGNORED = new Set(['global', 'remote_indices', 'remote_cluster', 'restriction', 'transient_metadata'])

/**
 * Reads a role of the role API or a role descriptor of an API key. `name` is named in errors.
 * @throws ElkhornError `parse_exception` or `action_request_validation_exception` (400)
 */
export function parseRole(name: string, body: JsonValue): Role {
  if (!isJsonObject(body)) throw parseError(`failed to parse role [${name}]. expected an object`)
  const problems: string[] = []
  const role: { -readonly [K in keyof Role]: Role[K] } = { cluster: [], indices: [], applications: [], run_as: [], metadata: {} }
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null || IGNORED.has(field)) continue
    switch (field) {
      case 'cluster':
        role.cluster = strings(value, `role [${name}]`, field).map((one) => clusterPrivilege(one, problems))
        break
      case 'index':
      case 'indices':
        role.indices = objects(value, `role [${name}]`, field).map((one) => parseIndexPrivileges(name, one, problems))
        break
      case 'applications':
        role.applications = objects(value, `role [${name}]`, field).map((one) => parseApplicationGrant(name, one))
        break
      case 'run_as':
        role.run_as = strings(value, `role [${name}]`, field)
        break
      case 'metadata':
        role.metadata = parseMetadata(value, `role [${name}]`)
        break
      case 'description':
        role.description = string(value, `role [${name}]`, field)
        break
      default:
        throw parseError(`failed to parse role [${name}]. unexpected field [${field}]`)
    }
  }
  if (problems.length > 0) throw validationError(problems)
  return role
}

function parseIndexPrivileges(role: string, body: JsonObject, problems: string[]): IndexPrivileges {
  const where = `indices privileges for role [${role}]`
  let names: readonly string[] | undefined
  let privileges: readonly IndexPrivilege[] | undefined
  const optional: { -readonly [K in keyof IndexPrivileges]?: IndexPrivileges[K] } = {}
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null) continue
    switch (field) {
      case 'names':
        names = strings(value, where, field)
        for (const pattern of names) checkPattern(pattern, problems)
        break
      case 'privileges':
        privileges = strings(value, where, field).map((one) => indexPrivilege(one, problems))
        break
      case 'field_security':
        optional.field_security = parseFieldSecurity(value, where)
        break
      case 'query':
        optional.query = parseQuery(value)
        break
      case 'allow_restricted_indices':
        optional.allow_restricted_indices = value === true
        break
      default:
        throw parseError(`failed to parse ${where}. unexpected field [${field}]`)
    }
  }
  if (!names || names.length === 0) throw parseError(`failed to parse ${where}. missing required [names] field`)
  if (!privileges || privileges.length === 0) throw parseError(`failed to parse ${where}. missing required [privileges] field`)
  return { allow_restricted_indices: false, ...optional, names, privileges }
}

function parseApplicationGrant(role: string, body: JsonObject): ApplicationGrant {
  const where = `application privileges for role [${role}]`
  const { application, privileges, resources, ...rest } = body
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw parseError(`failed to parse ${where}. unexpected field [${unknown}]`)
  const required = (value: JsonValue | undefined, field: string): string[] => {
    const list = value === undefined || value === null ? [] : strings(value, where, field)
    if (list.length === 0) throw parseError(`failed to parse ${where}. missing required [${field}] field`)
    return list
  }
  return {
    application: required(application, 'application')[0] ?? '',
    privileges: required(privileges, 'privileges'),
    resources: required(resources, 'resources'),
  }
}

function checkPattern(pattern: string, problems: string[]): void {
  if (pattern === '') problems.push('index name cannot be empty')
  try {
    nameMatcher([pattern])
  } catch (error) {
    problems.push(`invalid index name pattern [${pattern}]: ${(error as Error).message}`)
  }
}

function parseFieldSecurity(value: JsonValue, where: string): { grant?: readonly string[]; except?: readonly string[] } {
  if (!isJsonObject(value)) throw parseError(`failed to parse ${where}. expected [field_security] to be an object`)
  const unknown = Object.keys(value).find((key) => key !== 'grant' && key !== 'except')
  if (unknown !== undefined) throw parseError(`failed to parse ${where}. unexpected field [${unknown}] in [field_security]`)
  const { grant, except } = value
  return {
    ...(grant === undefined || grant === null ? {} : { grant: strings(grant, where, 'grant') }),
    ...(except === undefined || except === null ? {} : { except: strings(except, where, 'except') }),
  }
}

/** A query may come as an object or as text; an empty text is none. */
function parseQuery(value: JsonValue): string {
  const text = typeof value === 'string' ? value : printJson(value)
  try {
    if (text !== '') JSON.parse(text)
  } catch (error) {
    throw parseError(`failed to parse field 'query' for indices: ${(error as Error).message}`)
  }
  return text
}

const knownIndex: ReadonlySet<string> = new Set(indexPrivileges)
const knownCluster: ReadonlySet<string> = new Set(clusterPrivileges)

function indexPrivilege(text: string, problems: string[]): IndexPrivilege {
  if (!knownIndex.has(text)) problems.push(unknownPrivilege('index', text, indexPrivileges))
  return text as IndexPrivilege // the only cast to IndexPrivilege; an unknown one has left a problem
}

function clusterPrivilege(text: string, problems: string[]): ClusterPrivilege {
  if (!knownCluster.has(text)) problems.push(unknownPrivilege('cluster', text, clusterPrivileges))
  return text as ClusterPrivilege // the only cast to ClusterPrivilege; an unknown one has left a problem
}

function unknownPrivilege(kind: string, text: string, known: readonly string[]): string {
  const near = nearestName(text, known)
  return `unknown ${kind} privilege [${text}]. ${near ? `did you mean [${near}]? ` : ''}a privilege must be one of the predefined ${kind} privilege names [${known.join(',')}]`
}

/** Names of metadata that start with `_` are Elkhorn's own. */
export function parseMetadata(value: JsonValue, where: string): JsonObject {
  if (!isJsonObject(value)) throw parseError(`failed to parse ${where}. expected [metadata] to be an object`)
  if (Object.keys(value).some((key) => key.startsWith('_'))) throw validationError(['metadata keys may not start with [_]'])
  return value
}

function strings(value: JsonValue, where: string, field: string): string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value]
  return list.map((one) => string(one, where, field))
}

function string(value: JsonValue, where: string, field: string): string {
  if (typeof value !== 'string')
    throw parseError(`failed to parse ${where}. expected field [${field}] to hold text, but found [${printJson(value)}]`)
  return value
}

function objects(value: JsonValue, where: string, field: string): JsonObject[] {
  if (!Array.isArray(value) || !value.every(isJsonObject)) {
    throw parseError(`failed to parse ${where}. expected field [${field}] to be an array of objects`)
  }
  return value.filter(isJsonObject)
}

const parseError = (reason: string): ElkhornError => new ElkhornError('parse_exception', 400, reason)

/** Every problem of a request at once, numbered as Elasticsearch does. */
export const validationError = (problems: readonly string[]): ElkhornError =>
  new ElkhornError(
    'action_request_validation_exception',
    400,
    `Validation Failed: ${problems.map((one, at) => `${at + 1}: ${one};`).join('')}`,
  )
