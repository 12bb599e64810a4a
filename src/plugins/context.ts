import type { Principal } from '../core/access.ts'
import type { BulkOperation, BulkOutcome } from '../core/bulk.ts'
import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import type { LocalBroker } from './broker.ts'
import type { HostAliases } from './host-aliases.ts'
import type { StoreSetup } from './store-setup.ts'
import type { PipelineBus } from './pipeline-bus.ts'

export interface DeviceCredentials {
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly clientId: string
  /** Subject of the client certificate that TLS has verified. */
  readonly certificate: { readonly subject: string; readonly commonName: string; readonly fingerprint: string } | undefined
  readonly address: string
}

export type Authentication =
  | { readonly allowed: true; readonly principal: Principal }
  /** `reason` is for the audit log, not for the device. */
  | { readonly allowed: false; readonly reason: string }

export interface TopicRequest {
  readonly principal: Principal
  readonly clientId: string
  readonly action: 'publish' | 'subscribe'
  /** A topic name, or the filter of a subscription. */
  readonly topic: string
}

/** What the rest of the program does for plug-ins. There is one, for all pipelines and the broker. */
export interface Platform {
  readonly log: Log
  readonly clock: Clock
  /** Folder for what pipelines keep: queues, dead letters, positions in files. */
  readonly dataDir: string
  readonly hostname: string
  /** Address that inputs listen on unless they name one. Loopback when absent. */
  readonly listenHost?: string
  /** Port of a `beats` input that names none. 5044 when absent. */
  readonly beatsPort?: number
  /**
   * Stores documents. One outcome per operation, in order; resolves when they are durable. Rejects when nothing is known.
   */
  write(operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[]>
  /** Makes what the local store is to have before documents come. Answers what was refused, and why. */
  setUpStore?(setup: StoreSetup): Promise<readonly string[]>
  /** Searches the local store: body and answer of `_search`. */
  search?(request: { readonly index: string; readonly body: unknown }): Promise<unknown>
  /** The MQTT broker inside, unless it is switched off. */
  readonly broker?: LocalBroker | undefined
  authenticateDevice(credentials: DeviceCredentials): Promise<Authentication>
  /** Absent: every device may use every topic. */
  authorizeTopic?(request: TopicRequest): boolean
}

export type EcsCompatibility = 'disabled' | 'v1' | 'v8'

/** What a plug-in is given besides its configuration. */
export interface PluginContext {
  readonly log: Log
  readonly clock: Clock
  readonly hostname: string
  readonly pipeline: string
  readonly pluginId: string
  /** A folder of the plug-in's own; it may not exist yet. */
  readonly dataDir: string
  readonly lenient: boolean
  readonly hosts: HostAliases
  /** Which names fields get, unless the plug-in's own `ecs_compatibility` says otherwise. */
  readonly ecs: EcsCompatibility
  readonly platform: Platform
  /** Where pipelines reach each other. */
  readonly bus: PipelineBus
  /** Tells of a file or value that Logstash would refuse or misread: `W-…`, once for each name and text. */
  warn(name: string, message: string): void
}
