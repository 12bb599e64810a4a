import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseJsonExact } from '../../core/parse-json.ts'
import { showSource, type SourceSelection } from '../../index/documents/source-filter.ts'
import { sourceSelection } from '../documents/document-params.ts'
import { errorObject } from '../http/error-json.ts'
import { keepsPath, type PathFilter } from '../http/filter-path.ts'
import { AnswerBytes } from './answer-bytes.ts'

/** How an item of the answer prints. */
export interface BulkPrinting {
  readonly tookMs: number
  /** Of ingest pipelines; absent where none ran. */
  readonly ingestTookMs?: number | undefined
  readonly forcedRefresh: boolean
  readonly filter: PathFilter | undefined
  /** Copies that a document of this index has: primaries and replicas, of which one node holds one. */
  readonly copiesOf: (index: string) => number
  /** Whether updates answer with their document, unless their own `_source` says so. */
  readonly updateSource: SourceSelection | undefined
}

/** What the answer says before its items. */
const MAX_HEAD_BYTES = 128
/** A created document's item has some more. */
const EXPECTED_ITEM_BYTES = 256

const STATUS = { created: 201, updated: 200, deleted: 200, not_found: 404, noop: 200 } as const

/** Text that stands in JSON as it is. */
const PLAIN = /^[\w.:@+/=-]*$/

export const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

/**
 * The answer to `_bulk`, printed item by item: printing objects would cost more than the writes.
 * @returns its bytes, and whether it obeys the filter already: one that looks into members has still to be applied
 */
export function printBulk(
  operations: readonly BulkOperation[],
  outcomes: readonly BulkOutcome[],
  printing: BulkPrinting,
): { readonly bytes: Buffer; readonly filtered: boolean } {
  const { filter } = printing
  const filtered = filter !== undefined && isShallow(filter)
  const wanted = membersOf(filtered ? filter : undefined)
  const items = new AnswerBytes(MAX_HEAD_BYTES, outcomes.length * EXPECTED_ITEM_BYTES)
  let errors = false
  let like: Frame | undefined
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]
    const operation = operations[i]
    if (!outcome || !operation) continue
    if (outcome.result === 'created' && filter === undefined && outcome.failureStore === undefined) {
      if (!like || !isLike(like, operation, outcome)) like = frameOf(operation, outcome, printing)
      items.bytes(items.isEmpty ? like.first : like.start)
      items.string(outcome.id)
      items.bytes(like.middle)
      items.whole(outcome.seqNo)
      items.bytes(like.end)
      continue
    }
    if (outcome.result === 'failed') errors = true
    let members = printMembers(outcome, wanted[operation.action], printing)
    if (operation.action === 'update' && wanted.update.get) members += printGet(operation, outcome, printing.updateSource)
    if (members === '') continue
    items.text(`${items.isEmpty ? '' : ','}{"${operation.action}":{${members}}}`)
  }
  const head: string[] = []
  if (wanted.errors) head.push(`"errors":${errors}`)
  if (wanted.took) head.push(`"took":${printing.tookMs}`)
  if (wanted.ingestTook && printing.ingestTookMs !== undefined) head.push(`"ingest_took":${printing.ingestTookMs}`)
  const hasItems = !items.isEmpty || !filtered
  items.text(hasItems ? ']}' : '}')
  const start = `{${head.join(',')}${hasItems ? `${head.length > 0 ? ',' : ''}"items":[` : ''}`
  return { bytes: items.after(start), filtered }
}

/** What the items of new documents have in common, around their ids and sequence numbers. */
interface Frame {
  readonly action: BulkOperation['action']
  readonly index: string
  readonly version: number
  readonly primaryTerm: number
  readonly first: Uint8Array
  readonly start: Uint8Array
  readonly middle: Uint8Array
  readonly end: Uint8Array
}

type Written = Exclude<BulkOutcome, { readonly result: 'failed' }>

function isLike(frame: Frame, { action }: BulkOperation, { index, version, primaryTerm }: Written): boolean {
  return (
    action !== 'update' &&
    frame.action === action &&
    frame.index === index &&
    frame.version === version &&
    frame.primaryTerm === primaryTerm
  )
}

function frameOf(operation: BulkOperation, outcome: Written, printing: BulkPrinting): Frame {
  const { action } = operation
  const { index, version, primaryTerm } = outcome
  const first = `{"${action}":{"_index":${quoted(index)},"_id":`
  const forced = printing.forcedRefresh ? '"forced_refresh":true,' : ''
  const middle = `,"_version":${version},"result":"created",${forced}${printShards(printing.copiesOf(index))},"_seq_no":`
  const get = action === 'update' ? printGet(operation, outcome, printing.updateSource) : ''
  return {
    action,
    index,
    version,
    primaryTerm,
    first: Buffer.from(first),
    start: Buffer.from(`,${first}`),
    middle: Buffer.from(middle),
    end: Buffer.from(`,"_primary_term":${primaryTerm},"status":201${get}}}`),
  }
}

/** Filters that say yes or no to whole members of an item can be obeyed while printing. */
function isShallow({ includes, excludes }: PathFilter): boolean {
  return [...includes, ...excludes].every((pattern) => pattern.length <= 3 && !pattern.includes('**'))
}

interface Members {
  readonly index: boolean
  readonly id: boolean
  readonly version: boolean
  readonly result: boolean
  readonly forcedRefresh: boolean
  readonly shards: boolean
  readonly seqNo: boolean
  readonly primaryTerm: boolean
  readonly status: boolean
  readonly error: boolean
  readonly get: boolean
}

type Wanted = { readonly errors: boolean; readonly took: boolean; readonly ingestTook: boolean } & Readonly<
  Record<BulkOperation['action'], Members>
>

function membersOf(filter: PathFilter | undefined): Wanted {
  const keeps = (...path: readonly string[]): boolean => filter === undefined || keepsPath(filter, path)
  const of = (action: string): Members => ({
    index: keeps('items', action, '_index'),
    id: keeps('items', action, '_id'),
    version: keeps('items', action, '_version'),
    result: keeps('items', action, 'result'),
    forcedRefresh: keeps('items', action, 'forced_refresh'),
    shards: keeps('items', action, '_shards'),
    seqNo: keeps('items', action, '_seq_no'),
    primaryTerm: keeps('items', action, '_primary_term'),
    status: keeps('items', action, 'status'),
    error: keeps('items', action, 'error'),
    get: keeps('items', action, 'get'),
  })
  return {
    errors: keeps('errors'),
    took: keeps('took'),
    ingestTook: keeps('ingest_took'),
    index: of('index'),
    create: of('create'),
    update: of('update'),
    delete: of('delete'),
  }
}

function printMembers(outcome: BulkOutcome, wanted: Members, printing: BulkPrinting): string {
  let text = ''
  const comma = (): string => (text === '' ? '' : ',')
  if (wanted.index) text += `"_index":${quoted(outcome.index)}`
  if (outcome.failureStore !== undefined) text += `${comma()}"failure_store":"${outcome.failureStore}"`
  if (outcome.result === 'failed') {
    if (wanted.id) text += `${comma()}"_id":${outcome.id === undefined ? 'null' : quoted(outcome.id)}`
    if (wanted.status) text += `${comma()}"status":${outcome.error.status}`
    if (wanted.error) text += `${comma()}"error":${JSON.stringify(errorObject(outcome.error))}`
    return text
  }
  if (wanted.id) text += `${comma()}"_id":${quoted(outcome.id)}`
  if (wanted.version) text += `${comma()}"_version":${outcome.version}`
  if (wanted.result) text += `${comma()}"result":"${outcome.result}"`
  if (wanted.forcedRefresh && printing.forcedRefresh) text += `${comma()}"forced_refresh":true`
  if (wanted.shards) text += comma() + printShards(printing.copiesOf(outcome.index))
  if (wanted.seqNo) text += `${comma()}"_seq_no":${outcome.seqNo}`
  if (wanted.primaryTerm) text += `${comma()}"_primary_term":${outcome.primaryTerm}`
  if (wanted.status) text += `${comma()}"status":${STATUS[outcome.result]}`
  return text
}

/** `,"get":{…}` of an update that asked for its document. */
function printGet(operation: BulkOperation, outcome: BulkOutcome, fallback: SourceSelection | undefined): string {
  if (outcome.result === 'failed' || !outcome.source || !operation.source) return ''
  const selection = ownSelection(operation.source) ?? sourceSelection(operation.returnSource) ?? fallback
  if (selection === undefined || selection === false) return ''
  const shown = showSource(outcome.source, [selection])
  return `,"get":{"_seq_no":${outcome.seqNo},"_primary_term":${outcome.primaryTerm},"found":true,"_source":${shown ?? '{}'}}`
}

/** `_source` of an update's own body; few have one, and only those are read again. */
function ownSelection(body: Uint8Array): SourceSelection | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  if (!text.includes('"_source"')) return undefined
  const json = parseJsonExact(text)
  return isJsonObject(json) ? sourceSelection(json['_source']) : undefined
}

export function printShards(copies: number): string {
  return `"_shards":{"total":${copies},"successful":${Math.min(copies, 1)},"failed":0}`
}

export function statusOf(outcome: BulkOutcome): number {
  return outcome.result === 'failed' ? outcome.error.status : STATUS[outcome.result]
}
