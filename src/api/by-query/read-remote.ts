import { illegalArgument, ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseDurationMs } from '../../core/duration.ts'

const HOST = /^([^:]+):\/\/([^:/]+):(\d+)(\/.*)?$/
const MEMBERS = ['host', 'username', 'password', 'headers', 'external_id', 'socket_timeout', 'connect_timeout']

/**
 * Checks `source.remote` and refuses it: documents are copied from other clusters only where the operator allows it, and no
 * configuration can allow it yet.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function refuseRemote(json: JsonValue): never {
  const remote: JsonObject = isJsonObject(json) ? json : {}
  const host = remote['host']
  if (typeof host !== 'string') throw illegalArgument('[host] must be specified to reindex from a remote cluster')
  const [, , name, port] = HOST.exec(host) ?? []
  if (name === undefined) {
    throw illegalArgument(`[host] must be of the form [scheme]://[host]:[port](/[pathPrefix])? but was [${host}]`)
  }
  const unknown = Object.keys(remote).filter((key) => !MEMBERS.includes(key))
  if (unknown.length > 0) throw illegalArgument(`Unsupported fields in [remote]: [${unknown.join(',')}]`)
  for (const key of ['socket_timeout', 'connect_timeout']) {
    const value = remote[key]
    if (value !== undefined) checkDuration(String(value), key)
  }
  throw illegalArgument(`[${name}:${port}] not whitelisted in reindex.remote.whitelist`)
}

function checkDuration(text: string, key: string): void {
  const [, number] = /^(.*?)(?:nanos|micros|ms|s|m|h|d)$/.exec(text) ?? []
  if (number !== undefined && !/^\d+(\.\d+)?$/.test(number)) {
    throw illegalArgument(
      `failed to parse [${text}]`,
      new ElkhornError('number_format_exception', 400, `For input string: "${number}"`),
    )
  }
  parseDurationMs(text, key)
}
