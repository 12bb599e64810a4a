import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Principal } from '../../core/access.ts'
import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { IngestOutput } from '../../ingest/ingest-pipelines.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import type { NewSource } from './update-document.ts'
import type { WriteTarget } from './write-target.ts'

/** Where the names of one request lead. */
export interface Targets {
  /** Who writes. */
  readonly principal: Principal
  get(operation: BulkOperation): WriteTarget | ElkhornError | undefined
  load(operation: BulkOperation): Promise<WriteTarget | ElkhornError>
}

/** A document may be sent on from place to place this often. */
const MAX_HOPS = 10

const isNamed = (pipeline: string | undefined): pipeline is string => pipeline !== undefined && pipeline !== '_none'

/** Whether pipelines may be there for an operation; most have none, and then nothing is waited for. */
export function needsIngest(targets: Targets, operation: BulkOperation): boolean {
  if (operation.action === 'update' || operation.action === 'delete') return false
  if (isNamed(operation.pipeline)) return true
  const target = targets.get(operation)
  if (target === undefined) return true
  if (target instanceof ElkhornError) return false
  const { pipelines } = target.index
  return pipelines.final !== undefined || (operation.pipeline === undefined && pipelines.default !== undefined)
}

/**
 * Step 5 of the road: runs a document through the pipeline of its request or index, and the final one of where it goes
 * then. Answers the operation as the pipelines left it, or the outcome of one that ends here.
 */
export async function ingest(
  context: IndexContext,
  targets: Targets,
  operation: BulkOperation,
): Promise<BulkOperation | BulkOutcome> {
  const failed = (error: ElkhornError, at: BulkOperation): BulkOutcome => ({
    result: 'failed',
    index: at.target,
    id: at.id,
    error,
  })
  let current = operation
  try {
    let pipeline = operation.pipeline
    for (let hop = 0; ; hop++) {
      if (hop > MAX_HOPS)
        throw illegalArgument(`the document was sent on more than [${MAX_HOPS}] times: do pipelines reroute in a circle?`)
      if (pipeline === undefined) {
        const target = targets.get(current) ?? (await targets.load(current))
        if (target instanceof ElkhornError) return failed(target, current)
        pipeline = target.index.pipelines.default
      }
      if (!isNamed(pipeline)) break
      const made = await run(context, pipeline, current, targets.principal)
      if (!made) return dropped(current)
      const { rerouted } = made
      current = applied(current, made)
      if (!rerouted) break
      pipeline = undefined
    }
    const target = targets.get(current) ?? (await targets.load(current))
    if (target instanceof ElkhornError) return failed(target, current)
    const { final } = target.index.pipelines
    if (final === undefined) return current
    const made = await run(context, final, current, targets.principal)
    if (!made) return dropped(current)
    if (made.index !== current.target) {
      throw new ElkhornError(
        'illegal_state_exception',
        400,
        `final pipeline [${final}] can't change the target index (from [${current.target}] to [${made.index}]) for document [${current.id ?? ''}]`,
      )
    }
    return applied(current, made)
  } catch (error) {
    if (error instanceof ElkhornError) return failed(error, current)
    throw error
  }
}

let documents = 0
/** Documents between turns for other work: pipelines take some microseconds each. */
const TURN = 100

async function run(
  context: IndexContext,
  pipeline: string,
  operation: BulkOperation,
  principal: Principal,
): Promise<IngestOutput | undefined> {
  documents += 1
  if (documents % TURN === 0) await nextTurn()
  const { target, id, routing, version, versionType, source } = operation
  if (!source) throw illegalArgument('a document is required')
  return context.ingest.run(pipeline, {
    index: target,
    id,
    routing,
    ...(version === undefined ? {} : { version }),
    ...(versionType === undefined ? {} : { versionType }),
    source,
    principal,
  })
}

function applied(operation: BulkOperation, output: IngestOutput): BulkOperation {
  const { index, id, routing, source, ifSeqNo, ifPrimaryTerm } = output
  const { document: _document, id: _id, routing: _routing, ...rest } = operation
  return {
    ...rest,
    target: index,
    source,
    pipeline: '_none',
    ...(id === undefined ? {} : { id }),
    ...(routing === undefined ? {} : { routing }),
    ...(ifSeqNo === undefined ? {} : { ifSeqNo }),
    ...(ifPrimaryTerm === undefined ? {} : { ifPrimaryTerm }),
  }
}

/** What Elasticsearch answers for a document that a pipeline dropped. */
function dropped({ target, id }: BulkOperation): BulkOutcome {
  return { result: 'noop', index: target, id: id ?? '', version: -3, seqNo: -2, primaryTerm: 0 }
}

/** The document that an update makes goes through the pipelines, too. @throws ElkhornError */
export function ingestUpsert(context: IndexContext, operation: BulkOperation, index: IndexState, made: NewSource): NewSource {
  const { default: usual, final } = index.pipelines
  const names = [operation.pipeline ?? usual, final].filter(isNamed)
  let { source } = made
  for (const name of names) {
    const { id, routing } = operation
    const output = context.ingest.run(name, { index: index.name, id, routing, source })
    if (!output) throw illegalArgument(`pipeline [${name}] dropped the document of an update, which has nowhere to go then`)
    source = output.source
  }
  return names.length === 0 ? made : { source }
}
