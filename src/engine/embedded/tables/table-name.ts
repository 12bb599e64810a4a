const PREFIX = 'i_'

/** Name of an index's table: the uuid, with `-` and `_` written as `_m` and `_u`. */
export function tableName(uuid: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(uuid)) throw new Error(`not the uuid of an index: ${JSON.stringify(uuid)}`)
  return PREFIX + uuid.replace(/_/g, '_u').replace(/-/g, '_m')
}

/** `undefined` for a name that is none of ours. */
export function uuidOfTable(name: string): string | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  return name.slice(PREFIX.length).replace(/_m/g, '-').replace(/_u/g, '_')
}
