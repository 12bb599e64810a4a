import { parseDurationMs } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { basicAuthorization, type HttpTls } from '../../plugins/http-client.ts'

/** From which other clusters documents may be copied, and how they are trusted. */
export interface RemoteAccess {
  /** `host:port`, with `*` for anything: `reindex.remote.whitelist`. */
  readonly allowed: readonly string[]
  readonly tls: HttpTls
}

/** Another cluster that a request names, and that may be asked. */
export interface RemoteCluster {
  /** Ends without a slash. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly tls: HttpTls
}

const HOST = /^([^:]+):\/\/([^:/]+):(\d+)(\/.*)?$/
const MEMBERS = ['host', 'username', 'password', 'api_key', 'headers', 'external_id', 'socket_timeout', 'connect_timeout']
const DEFAULT_TIMEOUT = '30s'

/**
 * Reads `source.remote` of a reindex.
 * @throws ElkhornError `illegal_argument_exception` (400), also for a cluster that the operator has not allowed
 */
export function readRemote(json: JsonValue, { allowed, tls }: RemoteAccess): RemoteCluster {
  const remote: JsonObject = isJsonObject(json) ? json : {}
  const host = remote['host']
  if (typeof host !== 'string') throw illegalArgument('[host] must be specified to reindex from a remote cluster')
  const [, scheme, name, port, prefix = ''] = HOST.exec(host) ?? []
  if (scheme === undefined || name === undefined || port === undefined) {
    throw illegalArgument(`[host] must be of the form [scheme]://[host]:[port](/[pathPrefix])? but was [${host}]`)
  }
  const unknown = Object.keys(remote).filter((key) => !MEMBERS.includes(key))
  if (unknown.length > 0) throw illegalArgument(`Unsupported fields in [remote]: [${unknown.join(',')}]`)
  const timeoutMs = Math.max(
    ...['socket_timeout', 'connect_timeout'].map((key) => readTimeout(String(remote[key] ?? DEFAULT_TIMEOUT), key)),
  )
  if (!allowed.some((pattern) => matchesWildcard(pattern, `${name}:${port}`))) {
    throw illegalArgument(`[${name}:${port}] not whitelisted in reindex.remote.whitelist`)
  }
  if (scheme !== 'http' && scheme !== 'https') throw illegalArgument(`[host] has to be asked by http or https, not [${scheme}]`)
  return { url: `${scheme}://${name}:${port}${prefix.replace(/\/+$/, '')}`, headers: headersOf(remote), timeoutMs, tls }
}

function headersOf({ headers, username, password, api_key: key }: JsonObject): Record<string, string> {
  const given = isJsonObject(headers) ? headers : {}
  const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]))
  if (typeof username === 'string') own['authorization'] = basicAuthorization(username, String(password ?? ''))
  else if (typeof key === 'string') own['authorization'] = `ApiKey ${key}`
  return { ...own, 'content-type': 'application/json', accept: 'application/json' }
}

function readTimeout(text: string, key: string): number {
  const [, number] = /^(.*?)(?:nanos|micros|ms|s|m|h|d)$/.exec(text) ?? []
  if (number !== undefined && !/^\d+(\.\d+)?$/.test(number)) {
    throw illegalArgument(
      `failed to parse [${text}]`,
      new ElkhornError('number_format_exception', 400, `For input string: "${number}"`),
    )
  }
  return parseDurationMs(text, key)
}
