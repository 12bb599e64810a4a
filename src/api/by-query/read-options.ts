import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parseActiveShards, type ActiveShards } from '../../index/documents/active-shards.ts'
import { parseInteger } from '../documents/document-params.ts'
import type { QueryParams } from '../http/query-params.ts'

/** What update, delete and reindex by query share. */
export interface ByQueryOptions {
  readonly maxDocuments: number
  readonly slices: number | 'auto'
  readonly proceedOnConflicts: boolean
  /** `Infinity` for no limit. */
  readonly requestsPerSecond: number
  readonly refresh: boolean
  readonly activeShards: ActiveShards | undefined
  readonly waitForCompletion: boolean
}

export const BY_QUERY_PARAMS = [
  'conflicts',
  'max_docs',
  'size',
  'slices',
  'requests_per_second',
  'refresh',
  'timeout',
  'wait_for_active_shards',
  'wait_for_completion',
]

/** Documents of a batch where the request does not say. */
export const DEFAULT_BATCH_SIZE = 1000
const MAX_BATCH_SIZE = 10_000
const SEARCH_TIMEOUT_MS = 5 * 60_000

/** @throws ElkhornError `illegal_argument_exception` (400) */
export function readByQueryOptions(query: QueryParams, body: JsonObject): ByQueryOptions {
  const slices = readSlices(query.text('slices'))
  return {
    maxDocuments: readMaxDocuments([body['size'], body['max_docs'], query.integer('size'), query.integer('max_docs')], slices),
    slices,
    proceedOnConflicts: readConflicts(query.text('conflicts') ?? body['conflicts']),
    requestsPerSecond: readRequestsPerSecond(query.text('requests_per_second')) ?? Infinity,
    refresh: query.boolean('refresh', false),
    activeShards: readActiveShards(query),
    waitForCompletion: query.boolean('wait_for_completion', true),
  }
}

/** `wait_for_active_shards` of a write. @throws ElkhornError 400 */
export function readActiveShards(query: QueryParams): ActiveShards | undefined {
  const text = query.text('wait_for_active_shards')
  return text === undefined ? undefined : parseActiveShards(text, query.text('timeout') ?? '1m')
}

function readMaxDocuments(given: readonly (JsonValue | undefined)[], slices: number | 'auto'): number {
  let limit: number | undefined
  for (const value of given) {
    if (value === undefined || value === null) continue
    const number = parseInteger(value, 'max_docs')
    if (number < 0) throw illegalArgument(`[max_docs] parameter cannot be negative, found [${number}]`)
    if (limit !== undefined && limit !== number) {
      throw illegalArgument(`[max_docs] set to two different values [${limit}] and [${number}]`)
    }
    limit = number
  }
  if (limit !== undefined && slices !== 'auto' && limit < slices) throw illegalArgument('[max_docs] should be >= [slices]')
  return limit ?? Infinity
}

function readSlices(text: string | undefined): number | 'auto' {
  if (text === undefined) return 1
  if (text === 'auto') return text
  const slices = /^\d+$/.test(text) ? Number(text) : 0
  if (slices < 1) throw illegalArgument(`[slices] must be a positive integer or the string "auto", but was [${text}]`)
  if (slices > MAX_SLICES)
    throw illegalArgument(`The number of slices [${slices}] is too large. It must be less than [${MAX_SLICES}]`)
  return slices
}

const MAX_SLICES = 1024

function readConflicts(value: JsonValue | undefined): boolean {
  if (value === undefined || value === 'abort') return false
  if (value === 'proceed') return true
  throw illegalArgument(`conflicts may only be "proceed" or "abort" but was [${String(value)}]`)
}

/** `undefined` where the request does not say; `Infinity` for no limit. @throws ElkhornError 400 */
export function readRequestsPerSecond(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (number === -1) return Infinity
  if (!(number > 0)) {
    throw illegalArgument('[requests_per_second] must be a float greater than 0. Use -1 to disable throttling.')
  }
  return number
}

/** @throws ElkhornError 400 */
export function checkBatchSize(size: number): number {
  if (size < 1) throw illegalArgument(`[scroll_size] must be positive, but was [${size}]`)
  if (size > MAX_BATCH_SIZE) {
    throw illegalArgument(
      `Batch size is too large, size must be less than or equal to: [${MAX_BATCH_SIZE}] but was [${size}]. Scroll batch sizes cost as much memory as result windows so they are controlled by the [index.max_result_window] index level setting.`,
    )
  }
  return size
}

export function searchTimeoutMs(query: QueryParams): number {
  return query.durationMs('search_timeout') ?? SEARCH_TIMEOUT_MS
}
