import { ElkhornError } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import { parseMetadata, validationError } from './role.ts'

/** A privilege of an application that asks here who may do what in it, as Kibana does: a name for actions. */
export interface ApplicationPrivilege {
  readonly application: string
  readonly name: string
  readonly actions: readonly string[]
  readonly metadata: JsonObject
}

const MAX_PRIVILEGES = 10_000

export class ApplicationPrivilegeStore {
  readonly #privileges: MetadataSection<ApplicationPrivilege>

  constructor(metadata: MetadataStore) {
    this.#privileges = metadata.section<ApplicationPrivilege>('security.application_privileges')
  }

  /** Those of applications whose names match, sorted; of all without names. */
  find(application: string | undefined, names: readonly string[]): readonly ApplicationPrivilege[] {
    return [...this.#privileges.entries()]
      .map(([, privilege]) => privilege)
      .filter(
        (one) =>
          (application === undefined || matchesWildcard(application, one.application)) &&
          (names.length === 0 || names.includes(one.name)),
      )
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }

  /** What a privilege of an application stands for; nothing where it is not registered. */
  actionsOf(application: string, name: string): readonly string[] {
    return this.#privileges.get(keyOf({ application, name }))?.actions ?? []
  }

  /** @returns whether it is new. @throws ElkhornError (400) when there are too many */
  async put(privilege: ApplicationPrivilege): Promise<boolean> {
    const created = !this.#privileges.has(keyOf(privilege))
    if (created && this.#privileges.size >= MAX_PRIVILEGES) {
      throw validationError([`there are [${MAX_PRIVILEGES}] application privileges already`])
    }
    await this.#privileges.put(keyOf(privilege), privilege)
    return created
  }

  /** @returns whether it was there */
  delete(application: string, name: string): Promise<boolean> {
    return this.#privileges.delete(keyOf({ application, name }))
  }
}

const keyOf = ({ application, name }: Pick<ApplicationPrivilege, 'application' | 'name'>): string => `${application}:${name}`

/**
 * Reads `{ application: { name: { actions, metadata } } }`.
 * @throws ElkhornError (400) naming every problem
 */
export function parseApplicationPrivileges(json: JsonObject): readonly ApplicationPrivilege[] {
  const problems: string[] = []
  const privileges = Object.entries(json).flatMap(([application, byName]) => {
    if (!isJsonObject(byName)) throw parseError(`expected an object of privileges at [${application}]`)
    return Object.entries(byName).map(([name, value]) => parseOne(application, name, value, problems))
  })
  if (privileges.length === 0) problems.push('At least one application privilege must be provided')
  if (problems.length > 0) throw validationError(problems)
  return privileges
}

function parseOne(application: string, name: string, json: JsonValue | undefined, problems: string[]): ApplicationPrivilege {
  if (!isJsonObject(json)) throw parseError(`expected an object at [${application}.${name}]`)
  const { application: ownApplication, name: ownName, actions, metadata, ...rest } = json
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw parseError(`unknown field [${unknown}] in privilege [${name}]`)
  if ((ownApplication ?? application) !== application || (ownName ?? name) !== name) {
    throw parseError(`privilege [${application}.${name}] says that it is [${String(ownApplication)}.${String(ownName)}]`)
  }
  if (!/^[a-z][A-Za-z0-9]{2,}(?:[-_][^\\/*?"<>|,\s]*)?$/.test(application)) {
    problems.push(
      `Application names must match [a-z][A-Za-z0-9]{2,} and may have a suffix behind [-] or [_] (found '${application}')`,
    )
  }
  if (!/^[a-z][a-zA-Z0-9_.-]*$/.test(name)) {
    problems.push(`Application privilege names must match the pattern [a-z][a-zA-Z0-9_.-]* (found '${name}')`)
  }
  const list = Array.isArray(actions) ? (actions as readonly JsonValue[]).filter((one) => typeof one === 'string') : []
  if (list.length === 0) problems.push(`Application privileges must have at least one action`)
  for (const action of list) {
    if (!/[/*:]/.test(action)) problems.push(`action [${action}] must contain one of [ '/' , '*' , ':' ]`)
  }
  return {
    application,
    name,
    actions: list,
    metadata: metadata === undefined || metadata === null ? {} : parseMetadata(metadata, name),
  }
}

const parseError = (reason: string): ElkhornError => new ElkhornError('parse_exception', 400, reason)
