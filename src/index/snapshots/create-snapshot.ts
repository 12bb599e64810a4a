import { internalAccess } from '../../core/access.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { matchAll } from '../../query/ast.ts'
import { frozen, scan } from '../by-query/scan.ts'
import type { DataStream } from '../catalog.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { printMapping } from '../mapping/print-mapping.ts'
import { resolveIndices, type IndicesOptions } from '../names/resolve-names.ts'
import type { WritableBlobStore } from './blob-store.ts'
import { packDocuments } from './document-blob.ts'
import type { Repositories } from './repository.ts'
import { findSnapshots, type IndexSnapshot, type SnapshotRecord } from './snapshot-record.ts'

/** Documents that are read at a time. */
const BATCH_SIZE = 1000
const SEARCH_TIMEOUT_MS = 5 * 60_000

export interface CreateSnapshotRequest {
  readonly repository: string
  readonly snapshot: string
  /** Names and wildcards; empty for all. */
  readonly indices: readonly string[]
  readonly options: IndicesOptions
  readonly includeGlobalState: boolean
  readonly metadata: JsonObject | undefined
  readonly version: string
  readonly signal: AbortSignal
}

/**
 * Stores the documents, settings, mappings and aliases of indices as they are now. An index that did not change since an
 * earlier snapshot is not stored again.
 * @returns once the request is known to make sense; `made` resolves when the snapshot is whole
 * @throws ElkhornError `invalid_snapshot_name_exception`, `index_not_found_exception`, `repository_exception`
 */
export async function beginSnapshot(
  context: IndexContext,
  repositories: Repositories,
  request: CreateSnapshotRequest,
): Promise<{ readonly made: Promise<SnapshotRecord> }> {
  const { repository, snapshot } = request
  const store = repositories.openToWrite(repository, 'create snapshot in')
  checkName(repository, snapshot)
  refuseTaken(repository, snapshot, await repositories.snapshots(repository))
  const startedAt = context.clock.now()
  // Whoever may make snapshots may make them of everything.
  const indices = resolveIndices(
    { catalog: context.catalog, access: internalAccess, action: 'indices:data/read/search', now: startedAt },
    request.indices,
    request.options,
  ).map(({ index }) => index)
  return { made: storeSnapshot(context, repositories, request, { store, indices, startedAt }) }
}

async function storeSnapshot(
  context: IndexContext,
  repositories: Repositories,
  { repository, snapshot, metadata, ...request }: CreateSnapshotRequest,
  about: { readonly store: WritableBlobStore; readonly indices: readonly IndexState[]; readonly startedAt: number },
): Promise<SnapshotRecord> {
  const { store, indices, startedAt } = about
  let record: SnapshotRecord | undefined
  await repositories.change(repository, store, async (snapshots) => {
    refuseTaken(repository, snapshot, snapshots)
    const stored: IndexSnapshot[] = []
    for (const index of indices) stored.push(await storeIndex(context, store, index, snapshots, request.signal))
    const made: SnapshotRecord = {
      snapshot,
      uuid: context.newUuid(),
      state: 'SUCCESS',
      indices: stored,
      dataStreams: streamsOf(context, indices),
      includeGlobalState: request.includeGlobalState,
      ...(metadata ? { metadata } : {}),
      startedAt,
      endedAt: context.clock.now(),
      version: request.version,
    }
    record = made
    return [...snapshots, made]
  })
  if (!record) throw new Error('a snapshot was not recorded')
  return record
}

/** Streams all of whose backing indices are there. */
function streamsOf({ catalog }: IndexContext, indices: readonly IndexState[]): readonly DataStream[] {
  const names = new Set(indices.map(({ name }) => name))
  return [...catalog.dataStreams].map(([, stream]) => stream).filter((stream) => stream.indices.every((name) => names.has(name)))
}

async function storeIndex(
  context: IndexContext,
  store: WritableBlobStore,
  index: IndexState,
  snapshots: readonly SnapshotRecord[],
  signal: AbortSignal,
): Promise<IndexSnapshot> {
  await index.ready
  await context.engine.refresh([index.uuid])
  const [target] = await frozen(context, [{ schema: index, query: matchAll }])
  if (!target) throw new Error('one target gave none')
  const about = {
    name: index.name,
    settings: index.settings,
    mappings: printMapping(index.mapping.mapping),
    aliases: Object.fromEntries(index.aliases),
    indexUuid: index.uuid,
    maxSeqNo: target.seqNoTo ?? 0,
  }
  const same = snapshots
    .flatMap(({ indices }) => indices)
    .find(({ indexUuid, maxSeqNo }) => indexUuid === about.indexUuid && maxSeqNo === about.maxSeqNo)
  if (same) return { ...about, blob: same.blob, bytes: same.bytes, documents: same.documents }
  const blob = `data/${context.newUuid()}.gz`
  let documents = 0
  const batches = scan(context, [target], [index], { size: BATCH_SIZE, sort: [], timeoutMs: SEARCH_TIMEOUT_MS, signal })
  const bytes = await store.writeStream(
    blob,
    packDocuments(batches, (count) => (documents += count)),
  )
  return { ...about, blob, bytes, documents }
}

/** Makes another snapshot of some indices of one that is there. Nothing is stored twice. */
export async function cloneSnapshot(
  context: IndexContext,
  repositories: Repositories,
  request: Pick<CreateSnapshotRequest, 'repository'> & {
    readonly source: string
    readonly target: string
    readonly isWanted: (index: string) => boolean
  },
): Promise<void> {
  const { repository, source, target, isWanted } = request
  const store = repositories.openToWrite(repository, 'clone snapshot in')
  checkName(repository, target)
  await repositories.change(repository, store, async (snapshots) => {
    refuseTaken(repository, target, snapshots)
    const [from] = findSnapshots(repository, snapshots, [source])
    if (!from) return snapshots
    const indices = from.indices.filter(({ name }) => isWanted(name))
    const names = new Set(indices.map(({ name }) => name))
    const dataStreams = from.dataStreams.filter((stream) => stream.indices.every((name) => names.has(name)))
    const now = context.clock.now()
    const made = { ...from, snapshot: target, uuid: context.newUuid(), indices, dataStreams, startedAt: now, endedAt: now }
    return await Promise.resolve([...snapshots, made])
  })
}

/** Deletes snapshots, and the documents that no other snapshot has. */
export async function deleteSnapshots(repositories: Repositories, repository: string, names: readonly string[]): Promise<void> {
  const found = findSnapshots(repository, await repositories.snapshots(repository), names)
  const store = repositories.openToWrite(repository, 'delete snapshot from')
  const gone = new Set(found.map(({ uuid }) => uuid))
  await repositories.change(repository, store, (snapshots) => Promise.resolve(snapshots.filter(({ uuid }) => !gone.has(uuid))))
  await cleanUp(repositories, repository)
}

/** Deletes blobs that no snapshot needs: what a crash left behind. */
export async function cleanUp(
  repositories: Repositories,
  repository: string,
): Promise<{ readonly bytes: number; readonly blobs: number }> {
  const store = repositories.openToWrite(repository, 'cleanup')
  let bytes = 0
  let blobs = 0
  await repositories.change(repository, store, async (snapshots) => {
    const needed = new Set(snapshots.flatMap(({ indices }) => indices).map(({ blob }) => blob))
    for (const name of await store.list('data')) {
      if (needed.has(`data/${name}`)) continue
      bytes += await store.delete(`data/${name}`)
      blobs += 1
    }
    return snapshots
  })
  return { bytes, blobs }
}

/** @throws ElkhornError `invalid_snapshot_name_exception` */
export function checkName(repository: string, name: string): void {
  const problem =
    name === ''
      ? 'cannot be empty'
      : name !== name.toLowerCase()
        ? 'must be lowercase'
        : /[\\/*?"<>| ,#\p{Cc}]/u.test(name)
          ? String.raw`must not contain the following characters [ , ", *, \, <, |, ,, >, /, ?]`
          : name.startsWith('_')
            ? "must not start with '_'"
            : name === '.' || name === '..'
              ? "must not be '.' or '..'"
              : undefined
  if (problem !== undefined) throw invalidName(repository, name, problem)
}

function refuseTaken(repository: string, name: string, snapshots: readonly SnapshotRecord[]): void {
  if (snapshots.some(({ snapshot }) => snapshot === name)) {
    throw invalidName(repository, name, 'snapshot with the same name already exists')
  }
}

function invalidName(repository: string, name: string, problem: string): ElkhornError {
  return new ElkhornError(
    'invalid_snapshot_name_exception',
    400,
    `[${repository}:${name}] Invalid snapshot name [${name}], ${problem}`,
  )
}
