import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createApiServer } from './api/http/server.ts'
import { apiKeyRoutes } from './api/routes/api-keys.ts'
import { elkhornRoutes, type SampleControl } from './api/routes/elkhorn.ts'
import { routes } from './api/routes/index.ts'
import { securityRoutes } from './api/routes/security.ts'
import { banner } from './banner.ts'
import type { StartOptions } from './cli/command.ts'
import { ConfigError } from './config/config-error.ts'
import { processEnvironment } from './config/environment.ts'
import { loadConfig, type LoadedConfig } from './config/load-config.ts'
import type { Config } from './config/schema.ts'
import { ElkhornError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import { systemClock } from './core/time.ts'
import { elasticsearchVersion, version } from './core/version.ts'
import { EmbeddedEngine } from './engine/embedded/embedded-engine.ts'
import { Catalog } from './index/catalog.ts'
import { engineHost } from './index/engine-host.ts'
import type { IndexContext } from './index/index-context.ts'
import { openMetadataStore } from './index/metadata-store.ts'
import { loadNodeIdentity } from './node-identity.ts'
import { lockDataFolder } from './runtime/data-lock.ts'
import { createLog, jsonLine, prettyLine, type LogSink } from './runtime/log.ts'
import { RotatingFile } from './runtime/rotating-file.ts'
import { RunFolder, type Ports } from './runtime/run-folder.ts'
import { ServiceStack } from './runtime/services.ts'
import { explainStartFailure } from './runtime/start-failure.ts'
import { listenForStopSignal } from './runtime/stop-signal.ts'
import { logSecurityEvents } from './security/event-log.ts'
import { createSecurity, ensureElasticPassword } from './security/security.ts'

/** A service that does not stop within this time is left behind, so that the process ends. */
const STOP_LIMIT_MILLIS = 25_000

/**
 * Runs Elkhorn until it is told to stop: configuration, data folder, log, services in order; in reverse at the end.
 *
 * @returns the exit code: 1 when it could not start or could not stop in order
 */
export async function start({ config: path, overrides }: StartOptions): Promise<number> {
  let loaded: LoadedConfig
  try {
    loaded = await loadConfig(path, { overrides, environment: processEnvironment(), folder: process.cwd() })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
  const { config, notes } = loaded
  let unlock: () => Promise<void>
  try {
    unlock = await lockDataFolder(config.data.path)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return 1
  }
  try {
    return await runLocked(config, notes)
  } finally {
    await unlock()
  }
}

async function runLocked(config: Config, notes: readonly string[]): Promise<number> {
  const file = new RotatingFile(join(config.data.path, 'logs', 'elkhorn.log'), {
    maxBytes: config.log.max_size,
    keep: config.log.keep,
  })
  const color = process.stdout.isTTY && !processEnvironment()['NO_COLOR']
  const toFile: LogSink = (line) => file.write(jsonLine(line))
  const toTerminal: LogSink = (line) => void process.stdout.write(prettyLine(line, { color }))
  const log = createLog(config.log.level, [toFile, toTerminal], systemClock)
  const quietLog = createLog(config.log.level, [toFile], systemClock)
  const services = new ServiceStack({ stopLimitMs: STOP_LIMIT_MILLIS })
  const stopSignal = listenForStopSignal()
  const runFolder = new RunFolder(config.data.path)
  let exitCode = 0
  try {
    await file.open()
    await runFolder.clear()
    quietLog.info({ version, node: process.versions.node, data: config.data.path }, 'starts')
    for (const note of notes) log.warn({}, note)
    const localToken = randomBytes(32).toString('base64url')
    const { ports, password } = await startServices(config, services, log, localToken)
    await runFolder.writeToken(localToken)
    await runFolder.writePorts(ports, process.pid)
    const seconds = process.uptime()
    quietLog.info({ duration_ms: Math.round(seconds * 1000), ...ports }, 'ready')
    process.stdout.write(banner(config, { ports, seconds, password }))
    quietLog.info({ signal: await stopSignal.received }, 'stops')
  } catch (error) {
    const { text, unexpected } = explainStartFailure(error, config)
    quietLog.error(unexpected ? { error } : {}, text)
    process.stderr.write(`${text}\n`)
    exitCode = 1
  }
  stopSignal.release()
  await runFolder.clear().catch(() => undefined) // a full disk must not keep the services from stopping
  if (!(await services.stop(exitCode === 0 ? log : quietLog))) exitCode = 1
  quietLog.info({}, 'stopped')
  await file.close()
  return exitCode
}

/** What came up, for the banner and `ports.json`. */
interface Started {
  readonly ports: Ports
  /** The password of `elastic` that was made now, at the very first start. */
  readonly password: string | undefined
}

/** Every service, in the order in which they need each other. */
async function startServices(config: Config, services: ServiceStack, log: Log, localToken: string): Promise<Started> {
  const metadata = await openMetadataStore(join(config.data.path, 'meta'), log.child({ service: 'metadata' }))
  await services.start({ name: 'metadata', start: () => Promise.resolve(), stop: () => metadata.close() })

  const identity = await loadNodeIdentity(metadata, newUuid)
  const security = createSecurity({
    metadata,
    clock: systemClock,
    events: logSecurityEvents(log.child({ service: 'security' })),
    localToken,
    config: config.security,
  })
  const password = await ensureElasticPassword(security.users, processEnvironment()['ELASTIC_PASSWORD'])

  const catalog = new Catalog(metadata)
  const engine = new EmbeddedEngine({
    dataPath: config.data.path,
    host: engineHost(catalog),
    log: log.child({ service: 'engine' }),
    clock: systemClock,
  })
  await services.start({ name: 'engine', start: () => engine.start(), stop: () => engine.stop() })

  const index: IndexContext = { catalog, engine, clock: systemClock, newUuid, log: log.child({ service: 'index' }) }
  const api = createApiServer({
    routes: [...routes, ...securityRoutes(security), ...apiKeyRoutes(security), ...elkhornRoutes(security, noSample)],
    context: {
      index,
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
      },
    },
    security: {
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
    },
    host: config.network.host,
    port: config.api.port,
    log: log.child({ service: 'api' }),
    maxBodyBytes: config.api.max_body,
  })
  await services.start(api)
  return { ports: { api: api.port }, password }
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
