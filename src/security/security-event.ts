import type { EpochMillis } from '../core/time.ts'

/** Where a request came from. */
export interface Origin {
  /** Address of the other side of the connection. */
  readonly address: string
  /** What is asked: `GET /logs-*\/_search`, `CONNECT` of MQTT. */
  readonly request: string
}

/**
 * Something that an auditor asks about later. Every authentication and every refusal is one; they become documents like
 * any other, through the one write path.
 */
export type SecurityEvent = { readonly at: EpochMillis; readonly origin: Origin } & (
  | { readonly kind: 'authentication_success'; readonly user: string; readonly realm: string }
  | { readonly kind: 'authentication_failed'; readonly user: string | undefined; readonly reason: string }
  | { readonly kind: 'authentication_throttled'; readonly user: string; readonly waitMs: number }
  | { readonly kind: 'access_denied'; readonly user: string; readonly realm: string; readonly reason: string }
  | { readonly kind: 'session_started'; readonly user: string }
  | { readonly kind: 'session_ended'; readonly user: string; readonly reason: 'signed_out' | 'expired' }
  | { readonly kind: 'security_changed'; readonly user: string; readonly change: string }
)

/** Takes security events as they happen. Must return at once and must not throw. */
export type SecurityEventSink = (event: SecurityEvent) => void
