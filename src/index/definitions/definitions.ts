import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { MetadataSection, MetadataStore } from '../../core/metadata-store.ts'
import type { Clock, EpochMillis } from '../../core/time.ts'
import { matchesWildcard } from '../../core/wildcard.ts'

/** What people define by name over the API and read back as they wrote it. */
export type DefinitionKind =
  | 'snapshot_policy'
  | 'transform'
  | 'rollup_job'
  | 'watch'
  | 'logstash_pipeline'
  | 'ip_database'
  | 'synonyms_set'
  | 'query_ruleset'
  | 'search_application'
  | 'analytics_collection'
  | 'autoscaling_policy'
  | 'node_shutdown'
  | 'role_mapping'
  /** Whether a part of the API was told to run or to stop: `ilm`, `slm`, `watcher`. */
  | 'operation_mode'

/** The section of the metadata store that definitions of a kind are in. */
const sectionOf = (kind: DefinitionKind): string => `definitions.${kind}`

export const SYNONYM_SETS = sectionOf('synonyms_set')

export interface Definition {
  /** Counts the changes of `body`, from 1. */
  readonly version: number
  readonly createdAt: EpochMillis
  readonly modifiedAt: EpochMillis
  /** As its author wrote it, checked. */
  readonly body: JsonObject
  /** What became of it since: whether it is active, what it did. */
  readonly state: JsonObject
}

/** Definitions of one kind may not fill the memory: they are all in it. */
const MAX_DEFINITIONS = 10_000
const MAX_BYTES = 1024 * 1024

/** Everything that is defined by name and has no shape of its own elsewhere: one durable section for each kind. */
export class Definitions {
  readonly #metadata: MetadataStore
  readonly #clock: Clock
  readonly #sections = new Map<DefinitionKind, DefinitionSection>()

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#metadata = metadata
    this.#clock = clock
  }

  of(kind: DefinitionKind): DefinitionSection {
    let section = this.#sections.get(kind)
    if (!section) {
      section = new DefinitionSection(kind, this.#metadata.section<Definition>(sectionOf(kind)), this.#clock)
      this.#sections.set(kind, section)
    }
    return section
  }
}

export class DefinitionSection {
  readonly #kind: DefinitionKind
  readonly #section: MetadataSection<Definition>
  readonly #clock: Clock

  constructor(kind: DefinitionKind, section: MetadataSection<Definition>, clock: Clock) {
    this.#kind = kind
    this.#section = section
    this.#clock = clock
  }

  get size(): number {
    return this.#section.size
  }

  find(name: string): Definition | undefined {
    return this.#section.get(name)
  }

  /** Sorted by name. */
  entries(): readonly (readonly [string, Definition])[] {
    return [...this.#section.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /**
   * Those that names and wildcards mean, all without any; a name that is not there goes to `missing`, which throws or passes
   * over it.
   */
  select(names: readonly string[], missing: (name: string) => void): readonly (readonly [string, Definition])[] {
    for (const name of names) {
      if (!name.includes('*') && name !== '_all' && !this.#section.has(name)) missing(name)
    }
    if (names.length === 0 || names.includes('_all')) return this.entries()
    return this.entries().filter(([own]) => names.some((pattern) => matchesWildcard(pattern, own)))
  }

  /**
   * Defines anew or changes; `state` stays as it was unless a new one is given.
   * @throws ElkhornError 400 for one too many, or one that is too large
   */
  async put(name: string, body: JsonObject, state?: JsonObject): Promise<Definition> {
    const before = this.#section.get(name)
    if (!before && this.#section.size >= MAX_DEFINITIONS) {
      throw illegalArgument(
        `there are [${MAX_DEFINITIONS}] definitions of kind [${this.#kind}] already: delete some before [${name}]`,
      )
    }
    const bytes = Buffer.byteLength(printJson(body))
    if (bytes > MAX_BYTES) throw illegalArgument(`[${name}] has [${bytes}] bytes; a definition has at most [${MAX_BYTES}]`)
    const now = this.#clock.now()
    const definition: Definition = {
      version: (before?.version ?? 0) + 1,
      createdAt: before?.createdAt ?? now,
      modifiedAt: now,
      body,
      state: state ?? before?.state ?? {},
    }
    await this.#section.put(name, definition)
    return definition
  }

  /** Remembers what became of a definition; nothing when it was deleted meanwhile. */
  async setState(name: string, state: JsonObject): Promise<Definition | undefined> {
    const before = this.#section.get(name)
    if (!before) return undefined
    const definition = { ...before, state }
    await this.#section.put(name, definition)
    return definition
  }

  /** Resolves to whether it was there. */
  delete(name: string): Promise<boolean> {
    return this.#section.delete(name)
  }
}
