import { createMonitoringServer } from '../api/monitoring/server.ts'
import type { PipelineControl } from '../api/monitoring/pipeline-stats.ts'
import type { Authenticates } from '../api/http/server.ts'
import type { Service } from '../core/service.ts'
import { systemClock } from '../core/time.ts'
import type { TlsIdentity } from '../core/tls.ts'
import { elasticsearchVersion } from '../core/version.ts'
import { hostname } from 'node:os'
import type { StartContext } from './services.ts'

interface MonitoringParts {
  readonly pipelines: PipelineControl
  readonly security: Authenticates
  readonly nodeId: string
  readonly tls: TlsIdentity | undefined
}

export interface MonitoringService extends Service {
  /** `undefined` when it does not run. */
  readonly port: number | undefined
}

/** Logstash's monitoring API. Where its port is taken, everything else runs without it: a Logstash may be beside us. */
export function createMonitoring(
  { config, log }: StartContext,
  { pipelines, security, nodeId, tls }: MonitoringParts,
): MonitoringService {
  const own = log.child({ service: 'monitoring' })
  const server = createMonitoringServer({
    context: {
      pipelines,
      clock: systemClock,
      node: {
        id: nodeId,
        name: config.node.name ?? hostname(),
        version: elasticsearchVersion,
        startedAt: systemClock.now(),
        address: () => `${config.network.host}:${server.port}`,
      },
    },
    security,
    host: config.network.host,
    port: config.monitoring.port,
    log: own,
    tls,
  })
  let running = false
  return {
    name: 'monitoring',
    get port() {
      return running ? server.port : undefined
    },
    async start() {
      try {
        await server.start()
        running = true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
        own.warn(
          { port: config.monitoring.port },
          'the port of the monitoring API is taken: it does not run; see monitoring.port',
        )
      }
    },
    stop: () => server.stop(),
  }
}
