import type { EpochMillis } from '../../../core/time.ts'
import { encodeMessage, type Message, type PublishOptions } from './message.ts'
import type { SessionPeer } from './session.ts'

/**
 * Sends a PUBLISH, its topic as a number where the client takes that.
 *
 * @returns whether it was; not a packet that is larger than the client takes
 */
export function sendMessage(peer: SessionPeer, message: Message, options: PublishOptions, now: EpochMillis): boolean {
  const alias = peer.aliases?.of(message.topic)
  const bytes = encodeMessage(peer.version, message, alias === undefined ? options : { ...options, alias }, now)
  if (bytes.length > peer.maxPacketBytes) return false
  if (alias?.isKnown === false) peer.aliases?.told(message.topic, alias)
  peer.send(bytes)
  return true
}
