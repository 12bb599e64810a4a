import { ElkhornError } from '../core/errors.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import type { SavedAttributes, SavedKind, SavedObject, SavedObjectHead } from './wire/saved-object.ts'

/** Earlier versions kept of one object. */
const KEPT_VERSIONS = 20
const MAX_OBJECTS = 10_000

interface Stored {
  readonly newest: SavedObject
  /** Newest first. */
  readonly earlier: readonly SavedObject[]
}

/** Dashboards, data views and saved searches, each with its last versions, in the metadata store. */
export class SavedObjects {
  readonly #section: MetadataSection<Stored>
  readonly #clock: Clock

  constructor(store: MetadataStore, clock: Clock) {
    this.#section = store.section<Stored>('saved_objects')
    this.#clock = clock
  }

  find<Kind extends SavedKind>(kind: Kind, id: string): SavedObject<Kind> | undefined {
    return this.#section.get(keyOf(kind, id))?.newest as SavedObject<Kind> | undefined
  }

  /** @throws ElkhornError `resource_not_found_exception` (404) */
  get<Kind extends SavedKind>(kind: Kind, id: string): SavedObject<Kind> {
    return this.find(kind, id) ?? refuseMissing(kind, id)
  }

  /** By title. */
  list(kind: SavedKind): readonly SavedObjectHead[] {
    const heads: SavedObjectHead[] = []
    for (const [, { newest }] of this.#section.entries()) if (newest.kind === kind) heads.push(headOf(newest))
    return heads.sort((a, b) => a.title.localeCompare(b.title))
  }

  /** The newest version and those before it, newest first. */
  versions<Kind extends SavedKind>(kind: Kind, id: string): readonly SavedObject<Kind>[] {
    const stored = this.#section.get(keyOf(kind, id)) ?? refuseMissing(kind, id)
    return [stored.newest, ...stored.earlier] as SavedObject<Kind>[]
  }

  /**
   * Makes or changes an object. `basedOn` is the version that was changed, 0 for a new object.
   * @throws ElkhornError `version_conflict_engine_exception` (409) when somebody changed it meanwhile
   */
  async put<Kind extends SavedKind>(change: {
    readonly kind: Kind
    readonly id: string
    readonly attributes: SavedAttributes[Kind]
    readonly basedOn: number
    readonly author: string
  }): Promise<SavedObject<Kind>> {
    const { kind, id, attributes, basedOn, author } = change
    const stored = this.#section.get(keyOf(kind, id))
    const version = stored?.newest.version ?? 0
    if (version !== basedOn) {
      const reason = stored === undefined ? 'it was deleted' : `${stored.newest.updatedBy} saved version [${version}]`
      throw new ElkhornError(
        'version_conflict_engine_exception',
        409,
        `[${kind}/${id}] is not at version [${basedOn}] any more: ${reason}`,
      )
    }
    if (stored === undefined && this.#section.size >= MAX_OBJECTS) {
      throw new ElkhornError(
        'es_rejected_execution_exception',
        429,
        `there are [${MAX_OBJECTS}] saved objects already: delete some first`,
      )
    }
    const newest: SavedObject<Kind> = {
      kind,
      id,
      version: version + 1,
      updatedAt: this.#clock.now(),
      updatedBy: author,
      attributes,
    }
    const earlier = stored === undefined ? [] : [stored.newest, ...stored.earlier].slice(0, KEPT_VERSIONS)
    await this.#section.put(keyOf(kind, id), { newest, earlier })
    return newest
  }

  /** @throws ElkhornError `resource_not_found_exception` (404) */
  async delete(kind: SavedKind, id: string): Promise<void> {
    if (!(await this.#section.delete(keyOf(kind, id)))) refuseMissing(kind, id)
  }
}

const keyOf = (kind: SavedKind, id: string): string => `${kind}/${id}`

function refuseMissing(kind: SavedKind, id: string): never {
  throw new ElkhornError('resource_not_found_exception', 404, `there is no ${kind.replace('_', ' ')} [${id}]`)
}

function headOf({ kind, id, version, updatedAt, updatedBy, attributes }: SavedObject): SavedObjectHead {
  const { title, description } = attributes
  const tags = 'tags' in attributes ? attributes.tags : undefined
  const optional = { ...(description === undefined ? {} : { description }), ...(tags === undefined ? {} : { tags }) }
  return { kind, id, version, updatedAt, updatedBy, title, ...optional }
}
