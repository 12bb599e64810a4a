import type { Security } from '../../security/security.ts'
import type { ApiContext } from '../api-context.ts'
import type { Route } from '../http/route.ts'
import type { PipelineControl } from '../monitoring/pipeline-stats.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { deviceRoutes, type DeviceControl } from './devices.ts'
import { elkhornRoutes, type SampleControl } from './elkhorn.ts'
import { routes } from './index.ts'
import { pipelineRoutes } from './pipelines.ts'
import { securityAdministrationRoutes } from './security-administration.ts'
import { securityTokenRoutes } from './security-tokens.ts'
import { securityRoutes } from './security.ts'

/** What endpoints work with that are not about documents. */
export interface RouteParts {
  readonly security: Security
  readonly devices: DeviceControl
  readonly sample: SampleControl
  readonly pipelines: PipelineControl
  /** The version of Elasticsearch that clients are told. */
  readonly version: string
}

/** All that is answered on 9200. */
export function allRoutes({ security, devices, sample, pipelines, version }: RouteParts): readonly Route<ApiContext>[] {
  return [
    ...routes,
    ...securityRoutes(security),
    ...apiKeyRoutes(security),
    ...securityAdministrationRoutes(security),
    ...securityTokenRoutes(security),
    ...deviceRoutes(security, devices),
    ...elkhornRoutes(security, sample),
    ...pipelineRoutes(pipelines, version),
  ]
}
