import type { Principal } from '../../../core/access.ts'
import type { EpochMillis } from '../../../core/time.ts'

/** What happened to a client, for the audit log. */
export interface BrokerEvent {
  readonly kind: 'connected' | 'refused' | 'disconnected' | 'taken over' | 'topic refused' | 'dropped connection'
  readonly at: EpochMillis
  readonly clientId: string
  readonly username: string | undefined
  /** Who it is, once that is known. */
  readonly principal: Principal | undefined
  readonly remoteAddress: string
  /** Level of the protocol: 3, 4 (3.1.1) or 5; `undefined` before CONNECT. */
  readonly version: number | undefined
  /** In our words: why, or what was asked. */
  readonly reason: string
  /** Reason code of MQTT 5, where one was told. */
  readonly code: number | undefined
  /** Topic or filter that was refused. */
  readonly topic?: string | undefined
}
