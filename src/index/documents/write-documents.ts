import { setImmediate as nextTurn } from 'node:timers/promises'
import { internalAccess, type IndexAccess, type Principal } from '../../core/access.ts'
import type { BulkOperation, BulkOutcome, RefreshPolicy } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { StoredDocument, WriteOperation, WriteResult } from '../../engine/engine.ts'
import type { ScriptReference } from '../../script/script-request.ts'
import type { IndexContext } from '../index-context.ts'
import { checkStoredQueries } from '../search/percolate/check-stored-queries.ts'
import { shardOf } from '../shard-routing.ts'
import { requireActiveShards, type ActiveShards } from './active-shards.ts'
import {
  changeByScript,
  compileDocumentScript,
  scriptFailed,
  type ScriptedChange,
  type ScriptedDocument,
} from './scripted-source.ts'
import { checkJoinRouting } from './check-join-routing.ts'
import { keepFailures } from './failure-store.ts'
import { ingest, ingestUpsert, needsIngest, type Targets } from './ingest-operation.ts'
import { parseUpdateRequest, updatedSource, upsertSource, type NewSource, type UpdateRequest } from './update-document.ts'
import { requireWriteTarget, type WriteTarget } from './write-target.ts'

export interface WriteOptions {
  readonly refresh: RefreshPolicy
  /** Copies of a shard that have to be there before it is written; the index says so where the request does not. */
  readonly activeShards?: ActiveShards | undefined
  /** These are failures already: what fails among them is kept nowhere. */
  readonly isFailureStore?: boolean
  /** Told how long ingest pipelines took, where any ran. */
  readonly onIngest?: (tookMs: number) => void
}

/** Documents parsed before other work gets its turn: a few milliseconds. */
const TURN = 1000
/** Longest `_id`, in bytes of UTF-8. */
const MAX_ID_BYTES = 512

/**
 * Applies operations in order: every write of Elkhorn, whoever it comes from. One that fails stops no other. Resolves
 * when all of them are durable (and searchable, if asked); outcomes come in the order of the operations.
 */
export async function writeDocuments(
  context: IndexContext,
  access: IndexAccess,
  operations: readonly BulkOperation[],
  options: WriteOptions,
): Promise<readonly BulkOutcome[]> {
  const outcomes: BulkOutcome[] = []
  const targets = new TargetCache(context, access, options.activeShards)
  for (let at = 0; at < operations.length;) {
    const end = endOfWave(operations, at)
    await writeWave(context, targets, operations, at, end, outcomes)
    at = end
  }
  if (targets.ingestMs !== undefined) options.onIngest?.(targets.ingestMs)
  // New fields are durable before their documents are acknowledged.
  await context.catalog.durable()
  context.onWritten?.(operations, outcomes)
  await makeSearchable(context, targets.written, options.refresh)
  if (options.isFailureStore === true || !outcomes.some(({ result }) => result === 'failed')) return outcomes
  return keepFailures(context, access, operations, outcomes, (failures) =>
    writeDocuments(context, internalAccess, failures, { refresh: options.refresh, isFailureStore: true }),
  )
}

async function makeSearchable(context: IndexContext, uuids: ReadonlySet<string>, refresh: RefreshPolicy): Promise<void> {
  if (refresh === 'false' || uuids.size === 0) return
  if (refresh === 'true') await context.engine.refresh([...uuids])
  else await context.engine.waitUntilSearchable([...uuids])
}

/** Remembers for one request where its names lead; a request usually has one. */
class TargetCache implements Targets {
  readonly #context: IndexContext
  readonly #access: IndexAccess
  readonly #activeShards: ActiveShards | undefined
  readonly #targets = new Map<string, WriteTarget | ElkhornError>()
  readonly written = new Set<string>()
  /** Time spent in ingest pipelines; `undefined` while none ran. */
  ingestMs: number | undefined
  #last: BulkOperation | undefined
  #lastTarget: WriteTarget | ElkhornError | undefined

  get principal(): Principal {
    return this.#access.principal
  }

  constructor(context: IndexContext, access: IndexAccess, activeShards: ActiveShards | undefined) {
    this.#context = context
    this.#access = access
    this.#activeShards = activeShards
  }

  /** What was found before for such an operation; `undefined`: ask `load`. */
  get(operation: BulkOperation): WriteTarget | ElkhornError | undefined {
    if (this.#last !== undefined && leadsAlike(operation, this.#last)) return this.#lastTarget
    const found = this.#targets.get(keyOf(operation))
    if (found) {
      this.#last = operation
      this.#lastTarget = found
    }
    return found
  }

  async load(operation: BulkOperation): Promise<WriteTarget | ElkhornError> {
    const key = keyOf(operation)
    let target: WriteTarget | ElkhornError
    try {
      target = await requireWriteTarget(this.#context, this.#access, operation)
      requireActiveShards(target.index, this.#activeShards)
      await target.index.ready
    } catch (error) {
      target = asElkhornError(error)
    }
    this.#targets.set(key, target)
    return target
  }

  /** Names may lead elsewhere after a wave: an index can be deleted or rolled over meanwhile. */
  clear(): void {
    this.#targets.clear()
    this.#last = undefined
    this.#lastTarget = undefined
  }
}

/** Whether two operations have the same key. */
function leadsAlike(a: BulkOperation, b: BulkOperation): boolean {
  return (
    a.target === b.target &&
    a.action === b.action &&
    a.requireAlias === b.requireAlias &&
    a.requireDataStream === b.requireDataStream &&
    a.versionType === b.versionType
  )
}

function keyOf(operation: BulkOperation): string {
  const plain = operation.requireAlias !== true && operation.requireDataStream !== true && operation.versionType === undefined
  return plain
    ? operation.action + operation.target
    : `${operation.action}${operation.target}\u0000${operation.requireAlias ?? ''}${operation.requireDataStream ?? ''}${operation.versionType ?? ''}`
}

export function asElkhornError(error: unknown): ElkhornError {
  if (error instanceof ElkhornError) return error
  return new ElkhornError('exception', 500, error instanceof Error ? error.message : String(error))
}

/**
 * In a wave updates look at their documents before anything is written. So an update behind another operation on its
 * document begins the next wave, and so does whatever follows an update of the same document.
 */
function endOfWave(operations: readonly BulkOperation[], start: number): number {
  let written: Set<string> | undefined
  const updated = new Set<string>()
  for (let at = start; at < operations.length; at++) {
    const operation = operations[at]
    if (operation?.id === undefined || (operation.action !== 'update' && written === undefined)) continue
    const key = documentKey(operation)
    if (updated.has(key)) return at
    written ??= new Set(operations.slice(start, at).map(documentKey))
    if (operation.action !== 'update') written.add(key)
    else if (written.has(key)) return at
    else updated.add(key)
  }
  return operations.length
}

const documentKey = ({ target, id }: BulkOperation): string => `${target}\u0000${id}`

async function timedIngest(
  context: IndexContext,
  targets: TargetCache,
  operation: BulkOperation,
): Promise<BulkOperation | BulkOutcome> {
  const started = performance.now()
  const made = await ingest(context, targets, operation)
  // Known now: a name that leads nowhere had to be looked at, but no pipeline ran.
  if (needsIngest(targets, operation)) targets.ingestMs = (targets.ingestMs ?? 0) + performance.now() - started
  return made
}

async function writeWave(
  context: IndexContext,
  targets: TargetCache,
  operations: readonly BulkOperation[],
  start: number,
  end: number,
  outcomes: BulkOutcome[],
): Promise<void> {
  const placed = new PlacedWrites()
  const updates: number[] = []
  for (let at = start; at < end; at++) {
    if (at > start && (at - start) % TURN === 0) await nextTurn()
    const arrived = operations[at]
    if (!arrived) continue
    const ingested = needsIngest(targets, arrived) ? await timedIngest(context, targets, arrived) : arrived
    if ('result' in ingested) {
      outcomes[at] = ingested
      continue
    }
    const operation = ingested
    const target = targets.get(operation) ?? (await targets.load(operation))
    if (target instanceof ElkhornError) {
      outcomes[at] = failed(operation, operation.target, target)
      continue
    }
    try {
      if (operation.action === 'update') {
        updates.push(at)
        outcomes[at] = PENDING
      } else if (operation.action === 'delete' && target.index.shards > 1 && !(await isReachable(context, operation, target))) {
        outcomes[at] = {
          result: 'not_found',
          index: target.index.name,
          id: operation.id ?? '',
          version: 1,
          seqNo: 0,
          primaryTerm: 1,
        }
      } else {
        const write = toWrite(operation, target)
        checkJoinRouting(target.index, write)
        checkStoredQueries(context, target.index, write)
        placed.add(at, write)
      }
    } catch (error) {
      outcomes[at] = failed(operation, target.index.name, asElkhornError(error))
    }
  }
  if (updates.length > 0) {
    for (const { at, plan } of await planUpdates(context, targets, operations, updates)) {
      if ('result' in plan) outcomes[at] = plan
      else placed.add(at, plan)
    }
    placed.sort()
  }
  const { positions, writes } = placed
  if (writes.length > 0) {
    const results = await writeToEngine(context, writes)
    for (let i = 0; i < results.length; i++) {
      const result = results[i]
      const write = writes[i]
      const at = positions[i]
      if (!result || !write || at === undefined) continue
      const operation = operations[at]
      if (operation?.action !== 'update') outcomes[at] = toOutcome(result, write.index.name)
      else outcomes[at] = await retryUpdate(context, targets, operation, updateOutcome(result, write))
      if (outcomes[at]?.result !== 'failed') targets.written.add(write.index.uuid)
      count(context, write, result)
    }
  }
  targets.clear()
}

/** Writes, and the positions of the operations that they came from. An object for each pair would be one more that V8 makes old. */
class PlacedWrites {
  positions: number[] = []
  writes: WriteOperation[] = []

  add(at: number, write: WriteOperation): void {
    this.positions.push(at)
    this.writes.push(write)
  }

  /** Into the order of their operations. */
  sort(): void {
    const pairs = this.writes.map((write, i) => ({ at: this.positions[i] ?? 0, write })).sort((a, b) => a.at - b.at)
    this.positions = pairs.map(({ at }) => at)
    this.writes = pairs.map(({ write }) => write)
  }
}

/** What updates come to, each with the position of its operation. */
function planUpdates(
  context: IndexContext,
  targets: TargetCache,
  operations: readonly BulkOperation[],
  updates: readonly number[],
): Promise<{ readonly at: number; readonly plan: WriteOperation | BulkOutcome }[]> {
  const plans = updates.flatMap((at) => {
    const operation = operations[at]
    const target = operation && targets.get(operation)
    return !operation || !target || target instanceof ElkhornError ? [] : [{ at, operation, target }]
  })
  return Promise.all(plans.map(async ({ at, operation, target }) => ({ at, plan: await planUpdate(context, operation, target) })))
}

/** A change in between starts an update over, as often as `retry_on_conflict` says. */
async function retryUpdate(
  context: IndexContext,
  targets: TargetCache,
  operation: BulkOperation,
  first: BulkOutcome,
): Promise<BulkOutcome> {
  let outcome = first
  for (let left = operation.retryOnConflict ?? 0; left > 0; left--) {
    if (outcome.result !== 'failed' || outcome.error.type !== 'version_conflict_engine_exception') break
    const target = targets.get(operation)
    if (!target || target instanceof ElkhornError) break
    const plan = await planUpdate(context, operation, target)
    if ('result' in plan) return plan
    const [result] = await writeToEngine(context, [plan])
    if (!result) throw new Error('the engine gave no result')
    outcome = updateOutcome(result, plan)
  }
  return outcome
}

/** Another shard knows nothing of the document: see `shard-routing.ts`. One that is not there yet is reachable. */
async function isReachable(context: IndexContext, operation: BulkOperation, target: WriteTarget): Promise<boolean> {
  const { id } = operation
  if (id === undefined) return true
  const document = await context.engine.get(target.index, id)
  const routing = routingOf(operation, target)
  return !document || shardOf(target.index, routing ?? id) === shardOf(target.index, document.routing ?? id)
}

const PENDING: BulkOutcome = {
  result: 'failed',
  index: '',
  id: undefined,
  error: illegalArgument('the operation is still pending'),
}

/** A whole batch that is refused (a full queue, a full disk) fails every operation in it. */
async function writeToEngine(context: IndexContext, writes: readonly WriteOperation[]): Promise<readonly WriteResult[]> {
  try {
    return await context.engine.write(writes)
  } catch (error) {
    if (!(error instanceof ElkhornError)) context.log.error({ error: String(error) }, 'the engine failed to write')
    const shared = asElkhornError(error)
    return writes.map(({ id }) => ({ outcome: 'failed', id, error: shared }))
  }
}

function count({ catalog }: IndexContext, write: WriteOperation, result: WriteResult): void {
  const counters = catalog.findByUuid(write.index.uuid)?.counters
  if (!counters) return
  if (result.outcome === 'failed') counters.indexFailed += 1
  else if (write.kind === 'delete') counters.deleted += 1
  else counters.indexed += 1
}

function toOutcome(result: WriteResult, index: string): BulkOutcome {
  if (result.outcome === 'failed') return { result: 'failed', index, id: result.id, error: asElkhornError(result.error) }
  return {
    result: result.outcome,
    index,
    id: result.id,
    version: result.version,
    seqNo: result.seqNo,
    primaryTerm: result.primaryTerm,
  }
}

const failed = (operation: BulkOperation, index: string, error: ElkhornError): BulkOutcome => ({
  result: 'failed',
  index,
  id: operation.id,
  error,
})

/** @throws ElkhornError for what is wrong with the operation itself */
function toWrite(operation: BulkOperation, target: WriteTarget): WriteOperation {
  const { index } = target
  const { action, id } = operation
  if (action === 'update') throw new Error('updates are no plain writes')
  if (id !== undefined) checkId(id)
  const routing = routingOf(operation, target)
  checkVersions(operation)
  if (action === 'delete') {
    if (id === undefined) throw illegalArgument('an id is required for a delete')
    return withVersions({ index, kind: 'delete', id }, operation, routing)
  }
  const { source, document } = operation
  if (!source) throw illegalArgument('a document is required')
  const write: Mutable<WriteOperation> = new Write(index, action, source)
  if (id !== undefined) write.id = id
  if (document !== undefined) write.document = document
  return withVersions(write, operation, routing)
}

/** A class for the reason that events are: see `createEvent`. */
class Write implements WriteOperation {
  readonly index: WriteOperation['index']
  readonly kind: WriteOperation['kind']
  readonly source: Uint8Array

  constructor(index: WriteOperation['index'], kind: WriteOperation['kind'], source: Uint8Array) {
    this.index = index
    this.kind = kind
    this.source = source
  }
}

/** Most operations have none of these: then the object stays as small as it is. */
function withVersions(write: WriteOperation, operation: BulkOperation, routing: string | undefined): WriteOperation {
  const { ifSeqNo, ifPrimaryTerm, version, versionType } = operation
  if (routing === undefined && ifSeqNo === undefined && version === undefined) return write
  return {
    ...write,
    ...(routing === undefined ? {} : { routing }),
    ...(ifSeqNo === undefined || ifPrimaryTerm === undefined ? {} : { ifSeqNo, ifPrimaryTerm }),
    ...(version === undefined || versionType === undefined || versionType === 'internal' ? {} : { version, versionType }),
  }
}

export function checkId(id: string): void {
  if (id === '') throw illegalArgument('if _id is specified it must not be empty')
  if (id.length * 3 <= MAX_ID_BYTES) return
  const bytes = Buffer.byteLength(id)
  if (bytes > MAX_ID_BYTES) {
    throw illegalArgument(`id [${id}] is too long, must be no longer than ${MAX_ID_BYTES} bytes but was: ${bytes}`)
  }
}

/** @throws ElkhornError `routing_missing_exception`; `illegal_argument_exception` where alias and request disagree */
export function routingOf(operation: Pick<BulkOperation, 'routing' | 'id'>, target: WriteTarget): string | undefined {
  const fromAlias = target.alias?.index_routing
  if (fromAlias !== undefined) {
    if (operation.routing !== undefined && operation.routing !== fromAlias) {
      throw illegalArgument(
        `Alias has index routing associated with it [${fromAlias}], and was provided with routing value [${operation.routing}], rejecting operation`,
      )
    }
    if (fromAlias.includes(',')) {
      throw illegalArgument(
        `index/alias provides routing value [${fromAlias}] that resolved to several routing values, rejecting operation`,
      )
    }
    return fromAlias
  }
  if (operation.routing === undefined && target.index.mapping.mapping.options.routingRequired) {
    throw routingMissing(target.index.name, operation.id)
  }
  return operation.routing
}

export function routingMissing(index: string, id: string | undefined): ElkhornError {
  return new ElkhornError('routing_missing_exception', 400, `routing is required for [${index}]/[${id ?? 'null'}]`, {
    details: { index_uuid: '_na_', index },
  })
}

function checkVersions({ action, id, ifSeqNo, ifPrimaryTerm, version, versionType }: BulkOperation): void {
  const invalid = (problem: string): ElkhornError =>
    new ElkhornError('action_request_validation_exception', 400, `Validation Failed: 1: ${problem};`)
  if (ifSeqNo === undefined && ifPrimaryTerm === undefined && version === undefined && versionType === undefined) return
  if (ifSeqNo !== undefined && ifPrimaryTerm === undefined) throw invalid('ifSeqNo is set, but primary term is [0]')
  if (ifSeqNo === undefined && ifPrimaryTerm !== undefined) {
    throw invalid(`ifSeqNo is unassigned, but primary term is [${ifPrimaryTerm}]`)
  }
  if (version === undefined) {
    if (versionType === 'external' || versionType === 'external_gte') {
      throw invalid(`illegal version value [-3] for version type [${versionType.toUpperCase()}]`)
    }
    return
  }
  if (versionType === undefined || versionType === 'internal') {
    throw invalid(
      'internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead',
    )
  }
  if (action === 'create') {
    throw invalid(`create operations only support internal versioning. use index instead`)
  }
  if (id === undefined) throw invalid('an id must be provided if version type or value are set')
  if (version < 0) throw invalid(`illegal version value [${version}] for version type [${versionType.toUpperCase()}]`)
}

/** Reads a document and merges an update into it: what is to be written, or an outcome without a write. */
async function planUpdate(
  context: IndexContext,
  operation: BulkOperation,
  target: WriteTarget,
): Promise<WriteOperation | BulkOutcome> {
  const { index } = target
  const { id } = operation
  try {
    if (id === undefined) throw illegalArgument('an id is required for an update')
    checkId(id)
    const routing = routingOf(operation, target)
    if (operation.version !== undefined) {
      throw new ElkhornError(
        'action_request_validation_exception',
        400,
        'Validation Failed: 1: internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead;',
      )
    }
    const request = parseUpdateRequest(operation.source ?? new Uint8Array())
    if (operation.ifSeqNo !== undefined && request.docAsUpsert) {
      throw new ElkhornError(
        'action_request_validation_exception',
        400,
        "Validation Failed: 1: upsert requests don't support `if_seq_no` and `if_primary_term`;",
      )
    }
    const current = await context.engine.get(index, id)
    return mergeUpdate(context, operation, target, { id, routing, request, current })
  } catch (error) {
    return failed(operation, index.name, asElkhornError(error))
  }
}

function mergeUpdate(
  context: IndexContext,
  operation: BulkOperation,
  { index }: WriteTarget,
  update: {
    readonly id: string
    readonly routing: string | undefined
    readonly request: UpdateRequest
    readonly current: StoredDocument | undefined
  },
): WriteOperation | BulkOutcome {
  const { id, routing, request, current } = update
  const written = (made: NewSource, condition: Pick<WriteOperation, 'ifSeqNo' | 'ifPrimaryTerm'> | undefined): WriteOperation => {
    checkJoinRouting(index, { ...made, routing })
    checkStoredQueries(context, index, made)
    return {
      index,
      kind: condition ? 'index' : 'create',
      id,
      source: made.source,
      ...(made.document ? { document: made.document } : {}),
      ...(routing === undefined ? {} : { routing }),
      ...condition,
    }
  }
  if (!current) {
    const upsert = upsertSource(request)
    if (!upsert || operation.ifSeqNo !== undefined) throw documentMissing(index, id)
    const throughPipelines = (made: NewSource): NewSource => ingestUpsert(context, operation, index, made)
    if (request.script === undefined || !request.scriptedUpsert) return written(throughPipelines(upsert), undefined)
    const change = runScript(context, request.script, { index: index.name, id, routing, source: upsert.source }, 'create')
    if (change.op === 'create') return written(throughPipelines({ source: change.source }), undefined)
    return { result: 'noop', index: index.name, id, version: -1, seqNo: -2, primaryTerm: 0, source: upsert.source }
  }
  const { seqNo, primaryTerm } = current
  if (operation.ifSeqNo !== undefined && (operation.ifSeqNo !== seqNo || operation.ifPrimaryTerm !== primaryTerm)) {
    throw new ElkhornError(
      'version_conflict_engine_exception',
      409,
      `[${id}]: version conflict, required seqNo [${operation.ifSeqNo}], primary term [${operation.ifPrimaryTerm}]. current document has seqNo [${seqNo}] and primary term [${primaryTerm}]`,
      { details: { index_uuid: index.uuid, shard: '0', index: index.name } },
    )
  }
  if (request.script !== undefined) {
    const { version } = current
    const change = runScript(
      context,
      request.script,
      { index: index.name, id, version, routing, source: current.source },
      'index',
    )
    const condition = { ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm }
    if (change.op === 'index' || change.op === 'create') return written({ source: change.source }, condition)
    if (change.op !== 'delete') {
      return { result: 'noop', index: index.name, id, version, seqNo, primaryTerm, source: current.source }
    }
    return { index, kind: 'delete', id, ...(routing === undefined ? {} : { routing }), ...condition }
  }
  const made = updatedSource(request, current.source)
  if (!made) {
    return { result: 'noop', index: index.name, id, version: current.version, seqNo, primaryTerm, source: current.source }
  }
  return written(made, { ifSeqNo: seqNo, ifPrimaryTerm: primaryTerm })
}

function runScript(context: IndexContext, script: ScriptReference, document: ScriptedDocument, op: string): ScriptedChange {
  try {
    return changeByScript(compileDocumentScript(context.scripts, script), document, { op, now: context.clock.now() })
  } catch (error) {
    throw scriptFailed(error)
  }
}

function updateOutcome(result: WriteResult, write: WriteOperation): BulkOutcome {
  const outcome = toOutcome(result, write.index.name)
  return outcome.result === 'failed' || !write.source ? outcome : { ...outcome, source: write.source }
}

function documentMissing(index: { readonly name: string; readonly uuid: string }, id: string): ElkhornError {
  return new ElkhornError('document_missing_exception', 404, `[${id}]: document missing`, {
    details: { index_uuid: index.uuid, shard: '0', index: index.name },
  })
}
