import type { Access } from '../../core/access.ts'
import type { ClusterAction, IndexAction } from '../../core/actions.ts'
import type { JsonObject } from '../../core/json.ts'
import type { QueryParams } from './query-params.ts'
import type { PathFilter } from './filter-path.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'

/**
 * One endpoint. `paths` have their parts in braces: `/{index}/_doc/{id}`. `action` is what the principal has to be
 * allowed: of the node as a whole it is checked before the handler runs; on indices the handler checks it, because it
 * knows which ones are meant. `params` are the query parameters beside the ones that every endpoint takes.
 */
export interface Route<Context> {
  readonly methods: readonly Method[]
  readonly paths: readonly string[]
  readonly action: IndexAction | ClusterAction | 'public'
  readonly params?: readonly string[]
  /** Answers with a table of text unless JSON is asked for. */
  readonly plain?: boolean
  readonly handler: (request: ApiRequest, context: Context) => Answer | Promise<Answer>
}

export interface ApiRequest {
  readonly method: Method
  /** Path without the query string, as it came. */
  readonly path: string
  /** Parts of the path, decoded. */
  part(name: string): string | undefined
  readonly query: QueryParams
  /** Empty when there was none. */
  readonly body: Buffer
  /** The body (or the `source` parameter) as an object; `undefined` when there is none. @throws ElkhornError 400 */
  json(): JsonObject | undefined
  readonly access: Access
  /** Address of the other side of the connection. */
  readonly address: string
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  readonly filter: PathFilter | undefined
  header(name: string): string | undefined
}

/** `json` is a value to print; `text` or `bytes` is JSON that was printed already (or plain text), which is sent as it is. */
export interface Answer {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
  readonly bytes?: Buffer
  /** `text` or `bytes` obeys `filter_path` already. */
  readonly filtered?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (json: unknown): Answer => ({ status: 200, json })
export const acknowledged: Answer = { status: 200, json: { acknowledged: true } }

/** An answer without a body, to HEAD. */
export const exists = (found: boolean): Answer => ({ status: found ? 200 : 404 })

/** Text that is no JSON, whatever was asked for. */
export const plainText = (text: string): Answer => ({
  status: 200,
  text,
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
})
