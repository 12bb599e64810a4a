import type { RemoteAccess } from './by-query/read-remote.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { Definitions } from '../index/definitions/definitions.ts'
import type { Repositories } from '../index/snapshots/repository.ts'
import type { TaskRegistry } from '../index/tasks/task-registry.ts'

/** What the handlers of routes work with. */
export interface ApiContext {
  readonly index: IndexContext
  readonly node: NodeInfo
  readonly tasks: TaskRegistry
  readonly repositories: Repositories
  readonly definitions: Definitions
  readonly remotes: RemoteAccess
}

/** How this process presents itself to clients. */
export interface NodeInfo {
  readonly id: string
  readonly name: string
  readonly clusterName: string
  readonly clusterUuid: string
  /** The version of Elasticsearch whose clients are told to feel at home: `8.19.0`. */
  readonly version: string
  /** `host:port` of this API, once it listens. */
  readonly publishAddress: () => string
  readonly startedAt: number
  /** Where documents are: its file system is the one that can be full. */
  readonly dataPath: string
  /** Attributes by which the node is told apart (`node.attr.*`). */
  readonly attributes: Readonly<Record<string, string>>
  /** What it shows itself with, when it speaks TLS. */
  readonly certificate?: { readonly path: string; readonly pem: Buffer }
}
