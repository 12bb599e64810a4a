import type { IndexAccess } from '../../core/access.ts'
import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import { dateFormat } from '../../core/dates/date-format.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { DataStream } from '../catalog.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { addIndex } from '../operations/create-index.ts'
import { nothing } from '../templates/compose.ts'
import { requireWrite } from './write-target.ts'

/** How failures are kept, by the names of Elasticsearch 9. The document itself is kept, and not searched. */
const MAPPINGS: JsonObject = {
  dynamic: false,
  properties: {
    '@timestamp': { type: 'date' },
    document: {
      properties: {
        id: { type: 'keyword' },
        routing: { type: 'keyword' },
        index: { type: 'keyword' },
        source: { type: 'object', enabled: false },
      },
    },
    error: {
      properties: {
        type: { type: 'keyword' },
        message: { type: 'text' },
        pipeline: { type: 'keyword' },
        processor_type: { type: 'keyword' },
        processor_tag: { type: 'keyword' },
      },
    },
  },
}

/** Of these a document is not to blame: who sent it tries again, or may not. */
const NOT_OF_THE_DOCUMENT = new Set(['version_conflict_engine_exception', 'security_exception', 'exception'])

type Write = (operations: readonly BulkOperation[]) => Promise<readonly BulkOutcome[]>

/**
 * Keeps documents that their data stream refused in its failure store, where it has one. Answers the outcomes with those
 * that were kept as created; what cannot be kept either has its own error.
 */
export async function keepFailures(
  context: IndexContext,
  access: IndexAccess,
  operations: readonly BulkOperation[],
  outcomes: readonly BulkOutcome[],
  write: Write,
): Promise<readonly BulkOutcome[]> {
  const failures: { readonly at: number; readonly operation: BulkOperation; readonly index: IndexState }[] = []
  for (const [at, outcome] of outcomes.entries()) {
    const operation = operations[at]
    if (outcome.result !== 'failed' || operation === undefined || !isOfTheDocument(operation, outcome.error)) continue
    const stream = streamOf(context, operation, outcome.index)
    if (stream?.failureStore !== true || !mayWrite(access, stream.name)) continue
    const index = failureIndex(context, stream)
    await index.ready
    failures.push({ at, operation: failureDocument(context, operation, outcome.error, stream, index), index })
  }
  if (failures.length === 0) return outcomes
  await context.catalog.durable()
  const kept = await write(failures.map(({ operation }) => operation))
  const all = [...outcomes]
  for (const [n, { at }] of failures.entries()) {
    const own = kept[n]
    const before = all[at]
    if (own === undefined || before?.result !== 'failed') continue
    all[at] = own.result === 'failed' ? { ...before, failureStore: 'failed' } : { ...own, failureStore: 'used' }
  }
  return all
}

function isOfTheDocument({ action, source }: BulkOperation, { status, type }: ElkhornError): boolean {
  return action === 'create' && source !== undefined && (status === 400 || status === 500) && !NOT_OF_THE_DOCUMENT.has(type)
}

/** Pipelines may have sent the document on before it failed. */
function streamOf({ catalog }: IndexContext, { target }: BulkOperation, failedAt: string): DataStream | undefined {
  const backing = catalog.findIndex(failedAt)?.dataStream
  const stream = catalog.findDataStream(backing ?? failedAt) ?? catalog.findDataStream(target)
  if (stream !== undefined) return stream
  const [only, ...more] = catalog.findAlias(target)?.dataStreams.keys() ?? []
  return only === undefined || more.length > 0 ? undefined : catalog.findDataStream(only)
}

function mayWrite(access: IndexAccess, stream: string): boolean {
  try {
    requireWrite(access, 'create', stream)
    return true
  } catch (error) {
    if (error instanceof ElkhornError) return false
    throw error
  }
}

/** The index that failures of a stream go to; it is made by the first of them. */
function failureIndex(context: IndexContext, { name }: DataStream): IndexState {
  const { catalog, clock } = context
  const stream = catalog.findDataStream(name)
  if (stream === undefined) throw new Error(`data stream ${name} is gone`)
  const known = stream.failureIndices?.at(-1)
  const existing = known === undefined ? undefined : catalog.findIndex(known)
  if (existing) return existing
  const generation = stream.generation + 1
  const date = dateFormat('uuuu.MM.dd').print(clock.now())
  const index = addIndex(
    context,
    `.fs-${name}-${date}-${String(generation).padStart(6, '0')}`,
    { settings: { 'index.hidden': 'true' }, mappings: MAPPINGS },
    nothing,
  )
  const there = (stream.failureIndices ?? []).filter((one) => catalog.findIndex(one) !== undefined)
  void catalog.putDataStream({ ...stream, generation, failureIndices: [...there, index.name] }).catch(() => undefined)
  return index
}

function failureDocument(
  { clock }: IndexContext,
  { id, routing, source, document }: BulkOperation,
  error: ElkhornError,
  stream: DataStream,
  index: IndexState,
): BulkOperation {
  const text = Buffer.from(source ?? []).toString('utf8')
  const failure: JsonObject = {
    '@timestamp': new Date(clock.now()).toISOString(),
    document: {
      ...(id !== undefined && { id }),
      ...(routing !== undefined && { routing }),
      index: stream.name,
      source: document ?? parsed(text),
    },
    error: { type: error.type, message: error.reason, ...detailsOf(error) },
  }
  return { action: 'index', target: index.name, source: Buffer.from(printJson(failure), 'utf8'), pipeline: '_none' }
}

/** A document that is no JSON is kept as its text. */
function parsed(text: string): JsonValue {
  try {
    const value = JSON.parse(text) as JsonValue
    return typeof value === 'object' && value !== null ? value : { original: text }
  } catch {
    return { original: text }
  }
}

function detailsOf({ details }: ElkhornError): JsonObject {
  const found: Record<string, JsonValue> = {}
  for (const name of ['processor_type', 'processor_tag', 'pipeline']) {
    const value = details[name]
    if (typeof value === 'string') found[name] = value
  }
  return found
}
