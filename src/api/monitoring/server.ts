import { BlockList, isIPv6 } from 'node:net'
import { nobodyAccess, type Access } from '../../core/access.ts'
import type { Log } from '../../core/log.ts'
import type { TlsIdentity } from '../../core/tls.ts'
import { createApiServer, type ApiServer, type Authenticates } from '../http/server.ts'
import { monitoringRoutes, type MonitoringContext } from './routes.ts'

export interface MonitoringOptions {
  readonly context: MonitoringContext
  readonly security: Authenticates
  readonly host: string
  readonly port: number
  readonly log: Log
  readonly tls: TlsIdentity | undefined
}

/**
 * Logstash's monitoring API. Who asks from this machine needs no credentials, as there; who asks from elsewhere needs
 * what `_nodes/stats` needs.
 */
export function createMonitoringServer({ context, security, host, port, log, tls }: MonitoringOptions): ApiServer {
  const own = new BlockList()
  own.addSubnet('127.0.0.0', 8, 'ipv4')
  own.addAddress('::1', 'ipv6')
  return createApiServer({
    routes: monitoringRoutes,
    context,
    security: {
      authenticate: (authorization, origin) => {
        const near = own.check(origin.address, isIPv6(origin.address) ? 'ipv6' : 'ipv4')
        return near && authorization === undefined
          ? Promise.resolve({ access: neighbour })
          : security.authenticate(authorization, origin)
      },
      refused: (access, reason, origin) => security.refused(access, reason, origin),
    },
    host,
    port,
    log,
    tls,
  })
}

/** A program on this machine: it may look, and nothing else. */
const neighbour: Access = { ...nobodyAccess, allowsCluster: (privilege) => privilege === 'monitor' }
