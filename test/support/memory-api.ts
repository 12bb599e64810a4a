import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { createApiServer, type ApiServer } from '../../src/api/http/server.ts'
import type { ApiContext } from '../../src/api/api-context.ts'
import type { Route } from '../../src/api/http/route.ts'
import { apiKeyRoutes } from '../../src/api/routes/api-keys.ts'
import { routes } from '../../src/api/routes/index.ts'
import { securityAdministrationRoutes } from '../../src/api/routes/security-administration.ts'
import { securityTokenRoutes } from '../../src/api/routes/security-tokens.ts'
import { securityRoutes } from '../../src/api/routes/security.ts'
import type { MetadataStore } from '../../src/core/metadata-store.ts'
import type { Security } from '../../src/security/security.ts'
import { internalAccess, type Access } from '../../src/core/access.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemClock } from '../../src/core/time.ts'
import { MemoryEngine } from '../../src/engine/memory/memory-engine.ts'
import { Catalog } from '../../src/index/catalog.ts'
import { EnrichPolicies } from '../../src/index/enrich/enrich-policies.ts'
import { engineHost } from '../../src/index/engine-host.ts'
import type { IndexContext } from '../../src/index/index-context.ts'
import { memoryMetadataStore } from '../../src/index/metadata-store.ts'
import { createIngest } from '../../src/compose/ingest.ts'
import { Scripts } from '../../src/script/scripts.ts'
import { Definitions } from '../../src/index/definitions/definitions.ts'
import { Repositories } from '../../src/index/snapshots/repository.ts'
import { TaskRegistry } from '../../src/index/tasks/task-registry.ts'
import { noReaders } from '../../src/index/search/open-readers.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: never
}

export interface MemoryApi {
  readonly url: string
  readonly index: IndexContext
  /** A body that is not text is sent as JSON, text as NDJSON unless headers say otherwise. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  stop(): Promise<void>
}

/** The REST API over an engine in memory, in this process: everything above the seam for real. */
export async function startMemoryApi(
  options: {
    readonly access?: Access
    readonly maxBodyBytes?: number
    readonly repositories?: readonly string[]
    /** Serves `_security` as well, and lets in whom this lets in. */
    readonly security?: (metadata: MetadataStore) => Security
  } = {},
): Promise<MemoryApi> {
  const metadata = memoryMetadataStore()
  const catalog = new Catalog(metadata)
  const scripts = new Scripts(metadata.section('scripts'), systemClock)
  const engine = new MemoryEngine(engineHost(catalog).map)
  const enrich = new EnrichPolicies(metadata.section('enrich_policies'))
  const index: IndexContext = {
    catalog,
    engine,
    clock: systemClock,
    scripts,
    ingest: await createIngest(metadata, scripts, systemClock, undefined, enrich),
    enrich,
    newUuid: () => randomBytes(16).toString('base64url'),
    log: silentLog,
    readers: noReaders(systemClock),
  }
  const access = options.access ?? internalAccess
  const security = options.security?.(metadata)
  const server: ApiServer = createApiServer({
    routes: [...routes, ...(security ? securityRoutesOf(security) : [])],
    context: {
      index,
      tasks: new TaskRegistry(systemClock),
      repositories: new Repositories(metadata, options.repositories ?? []),
      definitions: new Definitions(metadata, systemClock),
      remotes: { allowed: [], tls: {} },
      node: {
        id: 'node',
        name: 'test',
        clusterName: 'elkhorn',
        clusterUuid: 'cluster',
        version: '8.19.0',
        publishAddress: () => `127.0.0.1:${server.port}`,
        startedAt: 0,
        dataPath: tmpdir(),
        attributes: {},
      },
    },
    security: {
      authenticate: (authorization, origin) =>
        security ? security.authenticator.authenticate(authorization, origin) : Promise.resolve({ access }),
      refused: () => undefined,
    },
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
  })
  await server.start()
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    index,
    stop: () => server.stop(),
    call: async (method, path, body, headers = {}) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
      const answer = await fetch(url + path, {
        method,
        headers: { ...(text === undefined ? {} : { 'content-type': type }), ...headers },
        ...(text === undefined ? {} : { body: text }),
      })
      const answered = await answer.text()
      return { status: answer.status, headers: answer.headers, text: answered, json: parse(answered) as never }
    },
  }
}

const securityRoutesOf = (security: Security): readonly Route<ApiContext>[] => [
  ...securityRoutes(security),
  ...apiKeyRoutes(security),
  ...securityAdministrationRoutes(security),
  ...securityTokenRoutes(security),
]

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // tables of `_cat`, HEAD
  }
}
