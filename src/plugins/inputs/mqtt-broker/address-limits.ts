import type { EpochMillis } from '../../../core/time.ts'
import { Reason } from '../../../protocols/mqtt/packet.ts'
import type { BrokerLimits } from './limits.ts'

/** Addresses whose rate is remembered; beyond it, those that could connect at full rate again are forgotten. */
const MAX_RATES = 10_000

/** How many clients come from one address, and how quickly. */
export class AddressLimits {
  readonly #limits: Pick<BrokerLimits, 'maxConnectionsPerAddress' | 'connectsPerSecond'>
  readonly #open = new Map<string, number>()
  /** Connects that an address has left, and when that was so. */
  readonly #rates = new Map<string, { left: number; at: EpochMillis }>()

  constructor(limits: Pick<BrokerLimits, 'maxConnectionsPerAddress' | 'connectsPerSecond'>) {
    this.#limits = limits
  }

  opened(address: string): void {
    if (this.#limits.maxConnectionsPerAddress === Infinity) return
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1)
  }

  closed(address: string): void {
    if (this.#limits.maxConnectionsPerAddress === Infinity) return
    const left = (this.#open.get(address) ?? 0) - 1
    if (left > 0) this.#open.set(address, left)
    else this.#open.delete(address)
  }

  /** Counts a CONNECT, and answers why it is refused. */
  refuses(address: string, now: EpochMillis): { readonly reason: number; readonly why: string } | undefined {
    const { maxConnectionsPerAddress, connectsPerSecond } = this.#limits
    if ((this.#open.get(address) ?? 0) > maxConnectionsPerAddress) {
      return { reason: Reason.quotaExceeded, why: `there are ${maxConnectionsPerAddress} connections of this address already` }
    }
    if (connectsPerSecond === Infinity || this.#take(address, now)) return undefined
    return { reason: Reason.connectionRateExceeded, why: `more than ${connectsPerSecond} clients a second from this address` }
  }

  #take(address: string, now: EpochMillis): boolean {
    const { connectsPerSecond } = this.#limits
    const rate = this.#rates.get(address) ?? { left: connectsPerSecond, at: now }
    rate.left = Math.min(connectsPerSecond, rate.left + ((now - rate.at) / 1000) * connectsPerSecond)
    rate.at = now
    if (this.#rates.size >= MAX_RATES) {
      for (const [key, { at }] of this.#rates) if (now - at >= 1000) this.#rates.delete(key)
      if (this.#rates.size >= MAX_RATES) this.#rates.clear()
    }
    this.#rates.set(address, rate)
    if (rate.left < 1) return false
    rate.left -= 1
    return true
  }
}
