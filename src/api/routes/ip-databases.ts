import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { checkDefinitionName, checkShape, objectMember, parseError } from '../../index/definitions/body-shape.ts'
import type { ApiContext } from '../api-context.ts'
import { notDefined } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'

const LIST = ['/_ingest/geoip/database', '/_ingest/ip_location/database']
const ONE = LIST.map((path) => `${path}/{id}`)

/**
 * Where databases of addresses are to come from. They are kept and told; nothing is downloaded: the processors read the
 * files that lie in the data folder.
 */
export const ipDatabaseRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_ingest/geoip/stats'],
    action: 'cluster:monitor/ingest/geoip/stats',
    handler: (_request, { node }) =>
      ok({
        stats: {
          successful_downloads: 0,
          failed_downloads: 0,
          total_download_time: 0,
          databases_count: 0,
          skipped_updates: 0,
          expired_databases: 0,
        },
        nodes: { [node.id]: { databases: [], files_in_temp: [] } },
      }),
  },
  {
    methods: ['GET'],
    paths: [...LIST, ...ONE],
    action: 'cluster:admin/ingest/geoip/database/get',
    params: TIMEOUT_PARAMS,
    handler: get,
  },
  { methods: ['PUT'], paths: ONE, action: 'cluster:admin/ingest/geoip/database/put', params: TIMEOUT_PARAMS, handler: put },
  {
    methods: ['DELETE'],
    paths: ONE,
    action: 'cluster:admin/ingest/geoip/database/delete',
    params: TIMEOUT_PARAMS,
    handler: remove,
  },
]

function get(request: ApiRequest, { definitions }: ApiContext): Answer {
  const found = definitions.of('ip_database').select(namesOf(request, 'id'), (id) => {
    throw notDefined(`database configuration not found: ${id}`)
  })
  return ok({
    databases: found.map(([id, { version, modifiedAt, body }]) => ({
      id,
      version,
      modified_date_millis: modifiedAt,
      database: body,
    })),
  })
}

async function remove(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const databases = definitions.of('ip_database')
  const found = databases.select(namesOf(request, 'id'), (id) => {
    throw notDefined(`Database configuration not found: ${id}`)
  })
  for (const [id] of found) await databases.delete(id)
  return acknowledged
}

const PROVIDERS = ['maxmind', 'ipinfo']
const MAXMIND_NAMES = ['Anonymous-IP', 'City', 'Connection-Type', 'Country', 'Domain', 'Enterprise', 'ISP']
const IPINFO_NAMES = ['asn', 'country', 'standard_asn', 'standard_location', 'standard_privacy']

async function put(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  checkDefinitionName('database id', id)
  const body = request.json() ?? {}
  checkDatabase(body)
  await definitions.of('ip_database').put(id, body)
  return acknowledged
}

/** @throws ElkhornError 400 */
function checkDatabase(body: JsonObject): void {
  checkShape(body, { parser: 'database', members: { name: 'text', maxmind: 'object', ipinfo: 'object' }, required: ['name'] })
  const given = PROVIDERS.filter((provider) => isJsonObject(body[provider]))
  if (given.length !== 1) throw parseError(`[database] expected one of [${PROVIDERS.join(', ')}], got [${given.join(', ')}]`)
  const name = String(body['name'])
  if (given[0] === 'maxmind') {
    checkShape(objectMember(body, 'maxmind'), { parser: 'maxmind', members: { account_id: 'text' }, required: ['account_id'] })
    if (!MAXMIND_NAMES.some((known) => name === `GeoIP2-${known}`)) {
      throw illegalArgument(
        `invalid name [${name}]: must be one of [${MAXMIND_NAMES.map((known) => `GeoIP2-${known}`).join(', ')}]`,
      )
    }
  } else if (!IPINFO_NAMES.includes(name)) {
    throw illegalArgument(`invalid name [${name}]: must be one of [${IPINFO_NAMES.join(', ')}]`)
  }
}
