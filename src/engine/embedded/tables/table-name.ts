import { createHash } from 'node:crypto'

const PREFIX = 'i_'

/** What a table of nested objects is known by: the uuid of its index, and which objects. */
export function objectsUuid(uuid: string, path: string): string {
  return `${uuid}.${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}

/** The index that a table belongs to: its own, or that of the nested objects in it. */
export function indexUuidOf(uuid: string): string {
  return uuid.split('.', 1)[0] ?? uuid
}

/** Name of a table: the uuid, with `-`, `_` and `.` written as `_m`, `_u` and `_d`. */
export function tableName(uuid: string): string {
  if (!/^[A-Za-z0-9_-]+(\.[0-9a-f]+)?$/.test(uuid)) throw new Error(`not the uuid of an index: ${JSON.stringify(uuid)}`)
  return PREFIX + uuid.replace(/_/g, '_u').replace(/-/g, '_m').replace('.', '_d')
}

/** `undefined` for a name that is none of ours. */
export function uuidOfTable(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  return name.slice(PREFIX.length).replace('_d', '.').replace(/_m/g, '-').replace(/_u/g, '_')
}
