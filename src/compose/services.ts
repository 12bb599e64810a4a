import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { createApiServer, type ApiServer, type Authenticates } from '../api/http/server.ts'
import type { PipelineControl } from '../api/monitoring/pipeline-stats.ts'
import { allRoutes } from '../api/routes/all-routes.ts'
import type { SampleControl } from '../api/routes/elkhorn.ts'
import type { Config } from '../config/schema.ts'
import type { Variables } from '../config/variables.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { MetadataStore } from '../core/metadata-store.ts'
import { systemClock } from '../core/time.ts'
import type { TlsIdentity } from '../core/tls.ts'
import { elasticsearchVersion } from '../core/version.ts'
import { EmbeddedEngine } from '../engine/embedded/embedded-engine.ts'
import { Catalog } from '../index/catalog.ts'
import { engineHost } from '../index/engine-host.ts'
import { EnrichPolicies } from '../index/enrich/enrich-policies.ts'
import type { IndexContext } from '../index/index-context.ts'
import { Scripts } from '../script/scripts.ts'
import { Definitions } from '../index/definitions/definitions.ts'
import { Repositories } from '../index/snapshots/repository.ts'
import { TaskRegistry } from '../index/tasks/task-registry.ts'
import type { RemoteAccess } from '../api/by-query/read-remote.ts'
import { openMetadataStore } from '../index/metadata-store.ts'
import { noReaders } from '../index/search/open-readers.ts'
import type { Ports } from '../runtime/run-folder.ts'
import type { ServiceStack } from '../runtime/services.ts'
import { logSecurityEvents } from '../security/event-log.ts'
import { createSecurity, ensureElasticPassword, type Security } from '../security/security.ts'
import { createBroker, type BrokerService } from './broker.ts'
import { Devices } from './devices.ts'
import { loadRemoteAccess } from './remote-access.ts'
import { loadNodeIdentity, type NodeIdentity } from './node-identity.ts'
import { installDataStreamTemplates } from './data-stream-templates.ts'
import { createMonitoring } from './monitoring.ts'
import type { Pipelines } from '../pipeline/pipelines.ts'
import { createPipelineControl } from './pipeline-control.ts'
import { createPipelineService } from './pipelines.ts'
import { createSample, installSampleTemplate } from './sample.ts'
import { createIngest } from './ingest.ts'
import { createUi } from './ui.ts'

export interface StartContext {
  readonly config: Config
  readonly services: ServiceStack
  readonly log: Log
  readonly variables: Variables
  /** What `<data>/run/token` will hold. */
  readonly localToken: string
}

/** What came up, for the banner and `ports.json`. */
export interface Started {
  readonly ports: Ports
  /** The password of `elastic` that was made now, at the very first start. */
  readonly password: string | undefined
}

/**
 * Every service, in the order in which they need each other; stopped in reverse. What others send comes in last and goes
 * first, so that nothing arrives that could not be stored.
 */
export async function startServices(context: StartContext): Promise<Started> {
  const { config, services, log, variables, localToken } = context
  const metadata = await openMetadataStore(join(config.data.path, 'meta'), log.child({ service: 'metadata' }))
  await services.start({ name: 'metadata', start: () => Promise.resolve(), stop: () => metadata.close() })

  const security = createSecurity({
    metadata,
    clock: systemClock,
    events: logSecurityEvents(log.child({ service: 'security' })),
    localToken,
    config: config.security,
  })
  const password = await ensureElasticPassword(security.users, variables.lookUp('ELASTIC_PASSWORD'))

  const devices = new Devices({
    metadata,
    credentials: security.devices,
    clock: systemClock,
    log: log.child({ service: 'devices' }),
    config: config.devices,
  })
  await services.start(devices)
  const index = await startIndex(context, metadata, devices)
  await installDataStreamTemplates(index)
  const tls = await loadTls(config)
  const remotes = await loadRemoteAccess(config)
  const identity = await loadNodeIdentity(metadata, newUuid)
  const mqtt = config.mqtt.enabled ? await createBroker(context, { security, index, tls, devices }) : undefined
  const sample =
    config.sample.enabled && mqtt !== undefined
      ? createSample(context, { metadata, security, brokerPort: () => mqtt.port })
      : undefined
  let pipelines: Pipelines | undefined
  const control = createPipelineControl(() => pipelines, config.config.reload.automatic)
  const api = createApi(context, { metadata, identity, security, devices, index, tls, remotes, sample, pipelines: control })
  await services.start(api)
  const ui = await createUi(context, { metadata, security, index, nodeId: identity.nodeId, tls })
  await services.start(ui)
  pipelines = await createPipelineService(context, { security, devices, index, apiPort: api.port, broker: mqtt?.broker })
  await services.start(pipelines)
  const monitoring = createMonitoring(context, {
    pipelines: control,
    security: authenticates(security),
    nodeId: identity.nodeId,
    tls,
  })
  await services.start(monitoring)
  // Devices come in when there is somebody to take what they send.
  if (mqtt !== undefined) await services.start(mqtt)
  if (sample !== undefined) {
    await installSampleTemplate(index)
    await services.start(sample)
  }
  return {
    ports: {
      api: api.port,
      ui: ui.port,
      ...mqttPorts(mqtt),
      ...(monitoring.port !== undefined && { monitoring: monitoring.port }),
      ...Object.fromEntries(pipelines.ports),
    },
    password,
  }
}

function mqttPorts(mqtt: BrokerService | undefined): Ports {
  if (mqtt === undefined) return {}
  return { mqtt: mqtt.port, ...(mqtt.tlsPort === undefined ? {} : { mqtts: mqtt.tlsPort }) }
}

/** The catalog and the engine below it. */
async function startIndex(
  { config, services, log }: StartContext,
  metadata: MetadataStore,
  devices: Devices,
): Promise<IndexContext> {
  const catalog = new Catalog(metadata)
  const engine = new EmbeddedEngine({
    dataPath: config.data.path,
    host: engineHost(catalog),
    log: log.child({ service: 'engine' }),
    clock: systemClock,
  })
  await services.start({ name: 'engine', start: () => engine.start(), stop: () => engine.stop() })
  const scripts = new Scripts(metadata.section('scripts'), systemClock)
  const enrich = new EnrichPolicies(metadata.section('enrich_policies'))
  const places = { dataPath: config.data.path, log: log.child({ service: 'ingest' }) }
  const ingest = await createIngest(metadata, scripts, systemClock, places, enrich)
  const readers = noReaders(systemClock)
  const onWritten: IndexContext['onWritten'] = (operations, outcomes) => devices.onWritten(operations, outcomes)
  const context: IndexContext = {
    catalog,
    engine,
    clock: systemClock,
    scripts,
    ingest,
    enrich,
    newUuid,
    log: log.child({ service: 'index' }),
    readers,
    onWritten,
  }
  await enrich.load(context)
  return context
}

interface ApiParts {
  readonly metadata: MetadataStore
  readonly identity: NodeIdentity
  readonly security: Security
  readonly devices: Devices
  readonly index: IndexContext
  readonly tls: TlsIdentity | undefined
  /** `undefined` when the sample factory was left out. */
  readonly sample: SampleControl | undefined
  readonly pipelines: PipelineControl
  readonly remotes: RemoteAccess
}

/** Elasticsearch's REST API on 9200. */
function createApi(
  { config, log }: StartContext,
  { metadata, identity, security, devices, index, tls, pipelines, remotes, sample = noSample }: ApiParts,
): ApiServer {
  const api = createApiServer({
    routes: allRoutes({ security, devices, sample, pipelines, version: elasticsearchVersion }),
    context: {
      index,
      tasks: new TaskRegistry(systemClock),
      repositories: new Repositories(metadata, config.repositories.path),
      definitions: new Definitions(metadata, systemClock),
      remotes,
      node: {
        id: identity.nodeId,
        name: config.node.name ?? hostname(),
        clusterName: config.cluster.name,
        clusterUuid: identity.clusterUuid,
        version: elasticsearchVersion,
        publishAddress: () => `${config.network.host}:${api.port}`,
        startedAt: systemClock.now(),
        attributes: config.node.attr,
        dataPath: config.data.path,
        ...(tls && config.tls.certificate !== undefined
          ? { certificate: { path: config.tls.certificate, pem: tls.certificate } }
          : {}),
      },
    },
    security: authenticates(security),
    host: config.network.host,
    port: config.api.port,
    log: log.child({ service: 'api' }),
    maxBodyBytes: config.api.max_body,
    tls,
  })
  return api
}

/** @throws Error with one line when a file cannot be read or is not what it should be */
async function loadTls({ tls }: Config): Promise<TlsIdentity | undefined> {
  if (tls.certificate === undefined || tls.key === undefined) return undefined
  const read = (key: string, path: string): Promise<Buffer> =>
    readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new Error(`cannot read ${key} [${path}]: ${cause.code === 'ENOENT' ? 'no such file' : cause.message}`)
    })
  const identity = { certificate: await read('tls.certificate', tls.certificate), key: await read('tls.key', tls.key) }
  try {
    createSecureContext({ cert: identity.certificate, key: identity.key })
  } catch (error) {
    throw new Error(`tls.certificate [${tls.certificate}] and tls.key [${tls.key}] cannot be used: ${(error as Error).message}`, {
      cause: error,
    })
  }
  return identity
}

const noSample: SampleControl = {
  describe: () => Promise.reject(sampleIsOff()),
  switchFault: () => Promise.reject(sampleIsOff()),
}

const sampleIsOff = (): ElkhornError =>
  new ElkhornError(
    'resource_not_found_exception',
    404,
    'the sample factory does not run: it was left out with --no-sample or sample.enabled',
  )

/** 128 random bits in 22 characters. */
const newUuid = (): string => randomBytes(16).toString('base64url')

/** Who asks, for the servers of the APIs. */
function authenticates(security: Security): Authenticates {
  return {
    authenticate: (authorization, origin) => security.authenticator.authenticate(authorization, origin),
    refused: ({ principal }, reason, origin) =>
      security.events({
        kind: 'access_denied',
        at: systemClock.now(),
        origin,
        user: principal.name,
        realm: principal.realm,
        reason,
      }),
  }
}
