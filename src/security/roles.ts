import type { JsonValue } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { builtInRoles } from './built-in-roles.ts'
import { parseRole, validationError, type Role } from './role.ts'

const MAX_NAME_LENGTH = 507

export class RoleStore {
  readonly #roles: MetadataSection<Role>
  readonly #changed: () => void

  /** `changed` hears of every change as soon as it holds. */
  constructor(metadata: MetadataStore, changed: () => void) {
    this.#roles = metadata.section<Role>('security.roles')
    this.#changed = changed
  }

  find(name: string): Role | undefined {
    return builtInRoles.get(name) ?? this.#roles.get(name)
  }

  /** Every role, built-in and own, sorted by name. */
  names(): string[] {
    return [...builtInRoles.keys(), ...[...this.#roles.entries()].map(([name]) => name)].sort()
  }

  /** Roles that somebody made, by name. */
  own(): readonly (readonly [string, Role])[] {
    return [...this.#roles.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** @returns whether it was created. @throws ElkhornError (400) */
  async put(name: string, body: JsonValue): Promise<boolean> {
    const problems: string[] = []
    if (builtInRoles.has(name)) problems.push(`Role [${name}] is reserved and may not be used.`)
    if (name.length === 0 || name.length > MAX_NAME_LENGTH || name !== name.trim()) {
      problems.push(
        `Role names must be at least 1 and no more than ${MAX_NAME_LENGTH} characters, without leading or trailing whitespace.`,
      )
    }
    if (problems.length > 0) throw validationError(problems)
    const role = parseRole(name, body)
    const created = !this.#roles.has(name)
    const stored = this.#roles.put(name, role)
    this.#changed()
    await stored
    return created
  }

  /** @returns whether it was there. @throws ElkhornError (400) for built-in roles */
  async delete(name: string): Promise<boolean> {
    if (builtInRoles.has(name)) throw validationError([`role [${name}] is reserved and cannot be deleted`])
    const deleted = this.#roles.delete(name)
    this.#changed()
    return deleted
  }
}
