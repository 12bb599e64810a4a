/**
 * Which hosts in pipeline files mean this program: files that were written for a stack of containers name its services.
 * What is meant is decided by the name alone, never by what it resolves to at the moment.
 */
export interface HostAliases {
  /** Whether an `elasticsearch` output with this host writes to the local store. */
  isStore(host: string, port: number): boolean
  /** Whether an `mqtt` input with this host subscribes to the broker inside. */
  isBroker(host: string, port: number): boolean
}

export interface HostAliasOptions {
  /** Names that stand for the local store on any port, such as the service name `elasticsearch`. */
  readonly storeHosts: readonly string[]
  /** Names that stand for the broker inside on any port. */
  readonly brokerHosts: readonly string[]
  readonly storePorts: readonly number[]
  readonly brokerPorts: readonly number[]
  /** Names that can never resolve, as documentation uses them (RFC 2606: example.com, .test …), stand for this program. */
  readonly lenient: boolean
}

const OWN_NAMES = new Set(['localhost', '127.0.0.1', '::1', '[::1]', '0.0.0.0'])
const RESERVED = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid)$/

export function hostAliases(options: HostAliasOptions): HostAliases {
  const { lenient, storePorts, brokerPorts } = options
  const storeHosts = new Set(options.storeHosts.map((name) => name.toLowerCase()))
  const brokerHosts = new Set(options.brokerHosts.map((name) => name.toLowerCase()))
  const reserved = (host: string): boolean => lenient && RESERVED.test(host)
  return {
    isStore(name, port) {
      const host = name.toLowerCase()
      return storeHosts.has(host) || (OWN_NAMES.has(host) && storePorts.includes(port)) || reserved(host)
    },
    isBroker(name, port) {
      const host = name.toLowerCase()
      return brokerHosts.has(host) || (OWN_NAMES.has(host) && brokerPorts.includes(port)) || reserved(host)
    },
  }
}
