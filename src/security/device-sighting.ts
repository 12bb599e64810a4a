import type { JsonObject, JsonValue } from '../core/json.ts'
import type { EpochMillis } from '../core/time.ts'
import { isDeviceId } from './devices.ts'

/** What was seen of a device: what is `undefined` was not told this time. */
export interface Sighting {
  readonly id: string
  readonly at: EpochMillis
  readonly source: 'mqtt' | 'data'
  readonly type?: string | undefined
  readonly firmware?: string | undefined
  readonly address?: string | undefined
}

/** Where documents say it, the first that is there. Each is looked for as one name with dots and as objects in objects. */
const ID = ['device.id', 'device_id', 'deviceId']
const TYPE = ['device.type', 'device_type', 'deviceType', 'device.model.name']
const FIRMWARE = ['device.firmware', 'device.firmware.version', 'device.firmware_version', 'firmware_version', 'firmware']
const ADDRESS = ['device.ip', 'source.ip', 'host.ip']

const MAX_VALUE_LENGTH = 256

/**
 * The device that a document is about; `undefined` when it names none.
 * @param now when the document came: nothing is seen later than that
 */
export function sightingOf(document: JsonObject, now: EpochMillis): Sighting | undefined {
  const id = firstText(document, ID)
  if (id === undefined || !isDeviceId(id)) return undefined
  return {
    id,
    at: timeOf(document, now),
    source: 'data',
    type: firstText(document, TYPE),
    firmware: firstText(document, FIRMWARE),
    address: firstText(document, ADDRESS),
  }
}

/** History that is loaded must not make a device look alive. */
function timeOf(document: JsonObject, now: EpochMillis): EpochMillis {
  const written = document['@timestamp']
  const at = typeof written === 'string' ? Date.parse(written) : typeof written === 'number' ? written : Number.NaN
  return at <= now ? at : now
}

function firstText(document: JsonObject, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = valueAt(document, path)
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value !== '' && value.length <= MAX_VALUE_LENGTH) return value
  }
  return undefined
}

function valueAt(document: JsonObject, path: string): JsonValue | undefined {
  const whole = document[path]
  if (whole !== undefined) return whole
  const dot = path.indexOf('.')
  if (dot < 0) return undefined
  const inner = document[path.slice(0, dot)]
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? valueAt(inner as JsonObject, path.slice(dot + 1))
    : undefined
}
