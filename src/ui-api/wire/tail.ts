import type { JsonObject } from '../../core/json.ts'
import type { Hit } from './query.ts'

/**
 * `POST /_ui/tail`: new documents as they become searchable, as server-sent events. The body travels by POST because a
 * cursor over many indices does not fit into a URL or a `Last-Event-ID` header; a page that reconnects sends the `id` of
 * the last event it read as `cursor` and goes on there, with nothing lost and nothing twice.
 */
export interface TailRequest {
  readonly index: string
  /** Query DSL; absent for every document. */
  readonly query?: JsonObject
  /** Whether documents are wanted, or only the news that there are some: dashboards ask for the latter. */
  readonly documents: boolean
  readonly cursor?: string
}

/**
 * What a tail says. Every event but `heartbeat` carries an `id`, the cursor behind it.
 *
 * - `hits`: new documents, oldest first.
 * - `changed`: there are new ones (`documents: false`).
 * - `gap`: so many matched than one page could take; `skipped` of them were passed over, a search has them.
 * - `heartbeat`: every 15 s, so that a dead connection is noticed.
 * - `error`: the tail ends.
 */
export interface TailEvents {
  readonly hits: { readonly hits: readonly Hit[] }
  readonly changed: { readonly count: number }
  readonly gap: { readonly skipped: number }
  readonly heartbeat: Record<string, never>
  readonly error: { readonly type: string; readonly status: number; readonly reason: string }
}
