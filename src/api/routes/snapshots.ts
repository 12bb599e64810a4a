import { parseByteSize, printByteSize } from '../../core/byte-size.ts'
import { printDuration } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { metadataOptions } from '../../index/names/resolve-names.ts'
import { withIndexPrefix } from '../../index/settings/index-settings.ts'
import { flattenSettings } from '../../index/settings/settings-json.ts'
import { analyzeRepository } from '../../index/snapshots/analyze-repository.ts'
import {
  beginSnapshot,
  cleanUp,
  cloneSnapshot,
  deleteSnapshots,
  type CreateSnapshotRequest,
} from '../../index/snapshots/create-snapshot.ts'
import { restoreSnapshot, type RestoreRequest } from '../../index/snapshots/restore-snapshot.ts'
import { repositoryError, type RepositoryRecord } from '../../index/snapshots/repository.ts'
import { findSnapshots, type SnapshotRecord } from '../../index/snapshots/snapshot-record.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { expandWildcards, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'

/** Repositories and the snapshots in them. */
export const snapshotRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_snapshot', '/_snapshot/{repository}'],
    action: 'cluster:admin/repository/get',
    params: [...TIMEOUT_PARAMS, 'local'],
    handler: (request, { repositories }) => ok(Object.fromEntries(repositories.find(namesOf(request, 'repository')))),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_snapshot/{repository}'],
    action: 'cluster:admin/repository/put',
    params: [...TIMEOUT_PARAMS, 'verify'],
    handler: async (request, { repositories }) => {
      const name = required(request, 'repository')
      await repositories.put(name, readRepository(name, request.json() ?? {}), request.query.boolean('verify', true))
      return acknowledged
    },
  },
  {
    methods: ['DELETE'],
    paths: ['/_snapshot/{repository}'],
    action: 'cluster:admin/repository/delete',
    params: TIMEOUT_PARAMS,
    handler: async (request, { repositories }) => {
      await repositories.delete(namesOf(request, 'repository'))
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: ['/_snapshot/{repository}/_verify'],
    action: 'cluster:admin/repository/verify',
    params: TIMEOUT_PARAMS,
    handler: async (request, { repositories, node }) => {
      await repositories.verify(required(request, 'repository'))
      return ok({ nodes: { [node.id]: { name: node.name } } })
    },
  },
  {
    methods: ['POST'],
    paths: ['/_snapshot/{repository}/_cleanup'],
    action: 'cluster:admin/repository/_cleanup',
    params: TIMEOUT_PARAMS,
    handler: async (request, { repositories }) => {
      const { bytes, blobs } = await cleanUp(repositories, required(request, 'repository'))
      return ok({ results: { deleted_bytes: bytes, deleted_blobs: blobs } })
    },
  },
  {
    methods: ['POST'],
    paths: ['/_snapshot/{repository}/_analyze'],
    action: 'cluster:admin/repository/analyze',
    params: [
      ...TIMEOUT_PARAMS,
      'blob_count',
      'concurrency',
      'detailed',
      'early_read_node_count',
      'max_blob_size',
      'max_total_data_size',
      'rare_action_probability',
      'rarely_abort_writes',
      'read_node_count',
      'register_operation_count',
      'seed',
    ],
    handler: analyze,
  },
  {
    methods: ['GET'],
    paths: ['/_snapshot/_status', '/_snapshot/{repository}/_status', '/_snapshot/{repository}/{snapshot}/_status'],
    action: 'cluster:admin/snapshot/status',
    params: [...TIMEOUT_PARAMS, 'ignore_unavailable'],
    handler: status,
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_snapshot/{repository}/{snapshot}'],
    action: 'cluster:admin/snapshot/create',
    params: [...TIMEOUT_PARAMS, 'wait_for_completion'],
    handler: create,
  },
  {
    methods: ['GET'],
    paths: ['/_snapshot/{repository}/{snapshot}'],
    action: 'cluster:admin/snapshot/get',
    params: [
      ...TIMEOUT_PARAMS,
      'ignore_unavailable',
      'verbose',
      'index_details',
      'index_names',
      'include_repository',
      'sort',
      'order',
      'size',
      'offset',
      'after',
      'from_sort_value',
      'slm_policy_filter',
      'state',
    ],
    handler: get,
  },
  {
    methods: ['DELETE'],
    paths: ['/_snapshot/{repository}/{snapshot}'],
    action: 'cluster:admin/snapshot/delete',
    params: [...TIMEOUT_PARAMS, 'wait_for_completion'],
    handler: async (request, { repositories }) => {
      await deleteSnapshots(repositories, required(request, 'repository'), namesOf(request, 'snapshot'))
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: ['/_snapshot/{repository}/{snapshot}/_restore'],
    action: 'cluster:admin/snapshot/restore',
    params: [...TIMEOUT_PARAMS, 'wait_for_completion'],
    handler: restore,
  },
  {
    methods: ['PUT'],
    paths: ['/_snapshot/{repository}/{snapshot}/_clone/{target_snapshot}'],
    action: 'cluster:admin/snapshot/clone',
    params: TIMEOUT_PARAMS,
    handler: clone,
  },
]

const DEFAULT_BLOBS = 100
const DEFAULT_BLOB_BYTES = 10 * 1024 * 1024
const DEFAULT_TOTAL_BYTES = 100 * 1024 * 1024
/** Blobs are made in memory. */
const MAX_BLOB_BYTES = 256 * 1024 * 1024

/** One blob after the other: there is one node that writes and reads. */
async function analyze(request: ApiRequest, { repositories, node }: ApiContext): Promise<Answer> {
  const { query } = request
  const name = required(request, 'repository')
  const bytes = (key: string, fallback: number): number => {
    const text = query.text(key)
    return text === undefined ? fallback : parseByteSize(text, key)
  }
  const size = {
    blobs: query.integer('blob_count') ?? DEFAULT_BLOBS,
    maxBlobBytes: bytes('max_blob_size', DEFAULT_BLOB_BYTES),
    maxTotalBytes: bytes('max_total_data_size', DEFAULT_TOTAL_BYTES),
  }
  if (size.blobs < 1 || size.blobs > 100_000) throw illegalArgument('[blob_count] must be between 1 and 100000')
  if (size.maxBlobBytes > MAX_BLOB_BYTES)
    throw illegalArgument(`[max_blob_size] must be at most [${printByteSize(MAX_BLOB_BYTES)}]`)
  const store = repositories.openToWrite(name, 'analyze')
  const result = await analyzeRepository(name, store, size, request.signal)
  const times = (prefix: string, ms: number): JsonObject => ({
    [prefix]: printDuration(Math.round(ms)),
    [`${prefix}_nanos`]: Math.round(ms * 1_000_000),
  })
  const moved = {
    count: result.writtenBlobs,
    total_size: printByteSize(result.writtenBytes),
    total_size_bytes: result.writtenBytes,
    ...times('total_throttled', 0),
  }
  return ok({
    coordinating_node: { id: node.id, name: node.name },
    repository: name,
    blob_count: size.blobs,
    concurrency: 1,
    read_node_count: 1,
    early_read_node_count: 0,
    max_blob_size: printByteSize(size.maxBlobBytes),
    max_blob_size_bytes: size.maxBlobBytes,
    max_total_data_size: printByteSize(size.maxTotalBytes),
    max_total_data_size_bytes: size.maxTotalBytes,
    seed: query.integer('seed') ?? 0,
    rare_action_probability: 0,
    blob_path: result.path,
    issues_detected: [],
    summary: {
      write: { ...moved, ...times('total_elapsed', result.writeMs) },
      read: { ...moved, ...times('total_wait', 0), ...times('max_wait', 0), ...times('total_elapsed', result.readMs) },
    },
    ...times('listing_elapsed', result.listMs),
    ...times('delete_elapsed', result.deleteMs),
  })
}

function readRepository(name: string, body: JsonObject): RepositoryRecord {
  const { type, settings } = body
  if (type !== 'fs' && type !== 'url') {
    throw repositoryError(name, `repository type [${String(type)}] does not exist; [fs] and [url] do`)
  }
  const flat = flattenSettings(isJsonObject(settings) ? settings : {})
  return { type, settings: Object.fromEntries(Object.entries(flat).map(([key, value]) => [key, String(value)])) }
}

async function create(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const body = request.json() ?? {}
  const { metadata } = body
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata))
    throw illegalArgument('malformed metadata, should be an object')
  const waits = request.query.boolean('wait_for_completion', false)
  const { made } = await beginSnapshot(context.index, context.repositories, {
    repository: required(request, 'repository'),
    snapshot: required(request, 'snapshot'),
    ...readSnapshotContent(body),
    metadata: metadata ?? undefined,
    version: context.node.version,
    // It goes on when the client does not wait for it.
    signal: waits ? request.signal : new AbortController().signal,
  })
  if (waits) return ok({ snapshot: printSnapshot(request, await made) })
  made.catch((error: unknown) => context.index.log.error({ error: String(error) }, 'a snapshot failed'))
  return ok({ accepted: true })
}

/** What a snapshot is to hold. @throws ElkhornError 400 */
export function readSnapshotContent(body: JsonObject): Pick<CreateSnapshotRequest, 'indices' | 'options' | 'includeGlobalState'> {
  return {
    indices: patternsOf(body),
    options: {
      ...metadataOptions,
      ignoreUnavailable: flag(body, 'ignore_unavailable', false),
      expandHidden: true,
      ...(body['expand_wildcards'] === undefined ? {} : expandWildcards(strings(body['expand_wildcards']))),
    },
    includeGlobalState: flag(body, 'include_global_state', true),
  }
}

async function get(request: ApiRequest, { repositories }: ApiContext): Promise<Answer> {
  const isVerbose = request.query.boolean('verbose', true)
  const ignoreUnavailable = request.query.boolean('ignore_unavailable', false)
  const snapshots: JsonObject[] = []
  for (const [repository] of repositories.find(namesOf(request, 'repository'))) {
    const all = await repositories.snapshots(repository)
    for (const one of findSnapshots(repository, all, namesOf(request, 'snapshot'), ignoreUnavailable)) {
      const { snapshot, uuid, state } = one
      const shown = isVerbose
        ? printSnapshot(request, one)
        : { snapshot, uuid, repository, indices: one.indices.map(({ name }) => name), data_streams: [], state }
      snapshots.push({ ...shown, repository })
    }
  }
  return ok({ snapshots, total: snapshots.length, remaining: 0 })
}

/** Elasticsearch's number of a version: 8.19.0 is 8190099. */
function versionId(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major * 1_000_000 + minor * 10_000 + patch * 100 + 99
}

function printSnapshot({ query }: ApiRequest, record: SnapshotRecord): JsonObject {
  const { startedAt, endedAt, indices, metadata } = record
  const shards = indices.length
  const names = query.boolean('index_names', true) ? { indices: indices.map(({ name }) => name) } : {}
  return {
    snapshot: record.snapshot,
    uuid: record.uuid,
    version_id: versionId(record.version),
    version: record.version,
    ...names,
    data_streams: record.dataStreams.map(({ name }) => name),
    include_global_state: record.includeGlobalState,
    ...(metadata ? { metadata } : {}),
    state: record.state,
    start_time: new Date(startedAt).toISOString(),
    start_time_in_millis: startedAt,
    end_time: new Date(endedAt).toISOString(),
    end_time_in_millis: endedAt,
    duration_in_millis: endedAt - startedAt,
    ...(query.boolean('human', false) ? { duration: printDuration(endedAt - startedAt) } : {}),
    failures: [],
    shards: { total: shards, failed: 0, successful: shards },
    feature_states: [],
  }
}

async function status(request: ApiRequest, { repositories }: ApiContext): Promise<Answer> {
  const names = namesOf(request, 'snapshot')
  // Without names it is about what is under way: nothing that could be seen.
  if (names.length === 0) {
    repositories.find(namesOf(request, 'repository'))
    return ok({ snapshots: [] })
  }
  const repository = required(request, 'repository')
  const all = await repositories.snapshots(repository)
  const found = findSnapshots(repository, all, names, request.query.boolean('ignore_unavailable', false))
  return ok({ snapshots: found.map((record) => printStatus(repository, record)) })
}

function printStatus(repository: string, record: SnapshotRecord): JsonObject {
  const shards = (done: number): JsonObject => ({ initializing: 0, started: 0, finalizing: 0, done, failed: 0, total: done })
  const stats = (bytes: number, files: number): JsonObject => ({
    incremental: { file_count: files, size_in_bytes: bytes },
    total: { file_count: files, size_in_bytes: bytes },
    start_time_in_millis: record.startedAt,
    time_in_millis: record.endedAt - record.startedAt,
  })
  const total = record.indices.reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    snapshot: record.snapshot,
    repository,
    uuid: record.uuid,
    state: record.state,
    include_global_state: record.includeGlobalState,
    shards_stats: shards(record.indices.length),
    stats: stats(total, record.indices.length),
    indices: Object.fromEntries(
      record.indices.map(({ name, bytes }) => [
        name,
        { shards_stats: shards(1), stats: stats(bytes, 1), shards: { '0': { stage: 'DONE', stats: stats(bytes, 1) } } },
      ]),
    ),
  }
}

async function restore(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const body = request.json() ?? {}
  const { index_settings: settings } = body
  const restoring: RestoreRequest = {
    repository: required(request, 'repository'),
    snapshot: required(request, 'snapshot'),
    isWanted: wantedBy(patternsOf(body)),
    rename: renameBy(body['rename_pattern'], body['rename_replacement']),
    includeAliases: flag(body, 'include_aliases', true),
    settings: isJsonObject(settings) ? withIndexPrefix(flattenSettings(settings)) : {},
    ignoredSettings: strings(body['ignore_index_settings']).map((key) => (key.startsWith('index.') ? key : `index.${key}`)),
  }
  // Whatever can be wrong with the request is looked at before the work begins: nobody would hear of its failure then.
  const waits = request.query.boolean('wait_for_completion', false)
  context.repositories.open(restoring.repository)
  const working = restoreSnapshot(context.index, context.repositories, restoring)
  if (!waits) {
    working.catch((error: unknown) => context.index.log.error({ error: String(error) }, 'a snapshot could not be restored'))
    return ok({ accepted: true })
  }
  const { indices } = await working
  const shards = indices.reduce((sum, index) => sum + index.shards, 0)
  return ok({
    snapshot: {
      snapshot: restoring.snapshot,
      indices: indices.map(({ name }) => name),
      shards: { total: shards, failed: 0, successful: shards },
    },
  })
}

async function clone(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const patterns = patternsOf(request.json() ?? {})
  if (patterns.length === 0) throw new ElkhornError('parse_exception', 400, '[indices] is required to clone a snapshot')
  await cloneSnapshot(context.index, context.repositories, {
    repository: required(request, 'repository'),
    source: required(request, 'snapshot'),
    target: required(request, 'target_snapshot'),
    isWanted: wantedBy(patterns),
  })
  return acknowledged
}

const patternsOf = (body: JsonObject): readonly string[] =>
  strings(body['indices'] ?? undefined).flatMap((names) => names.split(',').map((name) => name.trim()))

/** Whether a name is among names and wildcards, of which those with a minus take away again. */
function wantedBy(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0 || patterns.includes('_all')) return () => true
  return (name) => {
    let isWanted = false
    for (const pattern of patterns) {
      if (pattern.startsWith('-') ? matchesWildcard(pattern.slice(1), name) : matchesWildcard(pattern, name)) {
        isWanted = !pattern.startsWith('-')
      }
    }
    return isWanted
  }
}

/** @throws ElkhornError 400 for a pattern that is no regular expression */
function renameBy(pattern: JsonValue | undefined, replacement: JsonValue | undefined): (name: string) => string {
  if (typeof pattern !== 'string' || typeof replacement !== 'string') return (name) => name
  if (pattern.length > MAX_PATTERN_LENGTH)
    throw illegalArgument(`[rename_pattern] is longer than ${MAX_PATTERN_LENGTH} characters`)
  let expression: RegExp
  try {
    expression = new RegExp(pattern, 'gu')
  } catch {
    throw illegalArgument(`[rename_pattern] [${pattern}] is no regular expression`)
  }
  return (name) => name.replace(expression, replacement)
}

/** Patterns are for names of at most 255 characters. */
const MAX_PATTERN_LENGTH = 255

function flag(body: JsonObject, key: string, fallback: boolean): boolean {
  const value = body[key]
  if (value === undefined || value === null) return fallback
  return value === true || value === 'true'
}
