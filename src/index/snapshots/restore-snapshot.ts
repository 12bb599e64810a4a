import { ElkhornError } from '../../core/errors.ts'
import type { IndexState } from '../index-state.ts'
import type { IndexContext } from '../index-context.ts'
import { copyDocuments } from '../documents/copy-documents.ts'
import { deleteIndices } from '../operations/change-index.ts'
import { createIndex } from '../operations/create-index.ts'
import type { SettingsChange } from '../settings/settings-json.ts'
import type { BlobStore } from './blob-store.ts'
import { unpackDocuments } from './document-blob.ts'
import type { Repositories } from './repository.ts'
import type { IndexSnapshot, SnapshotRecord } from './snapshot-record.ts'

/** Documents that are written at a time. */
const BATCH_SIZE = 1000

/** Settings that belong to the index that was, not to the one that is made. */
const OWN_SETTINGS = new Set([
  'index.uuid',
  'index.creation_date',
  'index.provided_name',
  'index.version.created',
  'index.version.upgraded',
])

export interface RestoreRequest {
  readonly repository: string
  readonly snapshot: string
  readonly isWanted: (index: string) => boolean
  readonly rename: (index: string) => string
  readonly includeAliases: boolean
  readonly settings: SettingsChange
  readonly ignoredSettings: readonly string[]
}

/** What came back, for the answer and for the list of recoveries. */
export interface Restored {
  readonly record: SnapshotRecord
  readonly indices: readonly IndexState[]
}

/**
 * Makes the indices of a snapshot anew. Closed indices of the same names are replaced.
 * @throws ElkhornError `snapshot_restore_exception`: no such snapshot, or an open index has the name
 */
export async function restoreSnapshot(
  context: IndexContext,
  repositories: Repositories,
  request: RestoreRequest,
): Promise<Restored> {
  const { repository, snapshot } = request
  const store = repositories.open(repository)
  const record = (await repositories.snapshots(repository)).find((one) => one.snapshot === snapshot)
  if (!record) throw cannotRestore(request, 'snapshot does not exist')
  const wanted = record.indices.filter(({ name }) => request.isWanted(name))
  const targets = wanted.map((stored) => ({ stored, name: request.rename(stored.name) }))
  for (const { name } of targets) checkTarget(context, request, name)
  const indices: IndexState[] = []
  for (const { stored, name } of targets) indices.push(await restoreIndex(context, store, stored, name, request))
  const names = new Map(targets.map((target) => [target.stored.name, target.name]))
  for (const stream of record.dataStreams) {
    const own = stream.indices.map((name) => names.get(name))
    const name = request.rename(stream.name)
    if (own.some((index) => index === undefined) || context.catalog.findDataStream(name)) continue
    void context.catalog
      .putDataStream({ ...stream, name, indices: own.filter((index) => index !== undefined) })
      .catch(() => undefined)
  }
  await context.catalog.durable()
  await context.engine.refresh(indices.map(({ uuid }) => uuid))
  return { record, indices }
}

function checkTarget({ catalog }: IndexContext, request: RestoreRequest, name: string): void {
  const existing = catalog.findIndex(name)
  if (existing && !existing.closed) {
    throw cannotRestore(
      request,
      `cannot restore index [${name}] because an open index with same name already exists in the cluster. Either close or delete the existing index or restore the index under a different name by providing a rename pattern and replacement name`,
    )
  }
  if (catalog.findAlias(name) || catalog.findDataStream(name)) {
    throw cannotRestore(
      request,
      `cannot restore index [${name}] because an alias or data stream with the same name already exists`,
    )
  }
}

async function restoreIndex(
  context: IndexContext,
  store: BlobStore,
  stored: IndexSnapshot,
  name: string,
  request: RestoreRequest,
): Promise<IndexState> {
  const existing = context.catalog.findIndex(name)
  if (existing) await deleteIndices(context, [existing])
  const kept = Object.entries(stored.settings).filter(([key]) => !OWN_SETTINGS.has(key) && !request.ignoredSettings.includes(key))
  const startedAt = context.clock.now()
  const index = await createIndex(context, {
    name,
    settings: { ...Object.fromEntries(kept), ...request.settings },
    mappings: stored.mappings,
    ...(request.includeAliases ? { aliases: stored.aliases } : {}),
    // What the index is comes from the snapshot alone.
    withoutTemplates: true,
  })
  for await (const batch of unpackDocuments(await store.stream(stored.blob), BATCH_SIZE)) {
    const failure = await copyDocuments(context, name, batch)
    if (failure) throw cannotRestore(request, `cannot restore index [${name}]: ${failure.reason}`)
  }
  index.restored = {
    repository: request.repository,
    snapshot: request.snapshot,
    index: stored.name,
    bytes: stored.bytes,
    startedAt,
    endedAt: context.clock.now(),
  }
  return index
}

function cannotRestore({ repository, snapshot }: RestoreRequest, reason: string): ElkhornError {
  return new ElkhornError('snapshot_restore_exception', 400, `[${repository}:${snapshot}] ${reason}`)
}
