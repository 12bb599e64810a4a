/** Databases that are spoken with, each by the package of its own. */
export type DatabaseKind = 'postgresql' | 'mysql' | 'sqlserver'

/** Where a database is, as a JDBC connection string says it. */
export interface DatabaseAddress {
  readonly kind: DatabaseKind
  readonly host: string
  readonly port: number
  readonly database: string | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  /** Whether the connection uses TLS, and whether the server's certificate is checked. */
  readonly tls: 'no' | 'unchecked' | 'checked'
}

const KINDS: Readonly<Record<string, DatabaseKind>> = {
  postgresql: 'postgresql',
  redshift: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlserver: 'sqlserver',
  'jtds:sqlserver': 'sqlserver',
}

const DEFAULT_PORTS: Readonly<Record<DatabaseKind, number>> = { postgresql: 5432, mysql: 3306, sqlserver: 1433 }

/** @throws Error naming what is no connection string, or a database that cannot be spoken with */
export function parseJdbcAddress(written: string): DatabaseAddress {
  const match = /^jdbc:((?:jtds:)?[a-z0-9]+):(.*)$/is.exec(written.trim())
  if (match === null) throw new Error(`[${written}] is no connection string: write jdbc:postgresql://host:5432/database`)
  const [, scheme = '', rest = ''] = match
  const kind = KINDS[scheme.toLowerCase()]
  if (kind === undefined)
    throw new Error(
      `there is no driver for [jdbc:${scheme}:]: jdbc:postgresql:, jdbc:mysql:, jdbc:mariadb: and jdbc:sqlserver: can be read`,
    )
  const [, host, port, database, settings = ''] =
    /^\/\/(\[[^\]]+\]|[^:/?;,]*)(?::(\d+))?(?:[^/?;]*)(?:\/([^?;]*))?[?;]?(.*)$/s.exec(rest) ?? []
  if (host === undefined) throw new Error(`[${written}] is no connection string: //host:port/database is missing`)
  const setting = settingsOf(settings)
  // SQL Server names an instance behind a backslash; the port is what leads to it.
  const name = host.replace(/\\.*$/, '').replaceAll(/^\[|\]$/g, '')
  return {
    kind,
    host: name === '' ? 'localhost' : name,
    port: Number(port ?? setting('port', 'portnumber') ?? DEFAULT_PORTS[kind]),
    database: setting('database', 'databasename') ?? (database === '' ? undefined : database),
    user: setting('user', 'username'),
    password: setting('password'),
    tls: tlsOf(kind, setting),
  }
}

type Setting = (...names: readonly string[]) => string | undefined

/** What stands behind the address: `a=1&b=2`, or `a=1;b=2`. Names are the same in upper and lower case. */
function settingsOf(written: string): Setting {
  const settings = new Map<string, string>()
  for (const pair of written.split(/[&;]/)) {
    const at = pair.indexOf('=')
    if (at > 0) settings.set(pair.slice(0, at).trim().toLowerCase(), decode(pair.slice(at + 1)))
  }
  return (...names) => names.map((name) => settings.get(name)).find((value) => value !== undefined)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a percent sign that is one
  }
}

function tlsOf(kind: DatabaseKind, setting: Setting): DatabaseAddress['tls'] {
  if (kind === 'sqlserver') {
    if (setting('encrypt') === 'false') return 'no'
    return setting('trustservercertificate') === 'true' || setting('encrypt') === undefined ? 'unchecked' : 'checked'
  }
  const mode = setting('sslmode')?.toLowerCase().replaceAll('_', '-') ?? ''
  if (mode.startsWith('verify')) return 'checked'
  if (/^(?:required?|trust)$/.test(mode) || (mode === '' && (setting('ssl', 'usessl') ?? 'false') === 'true')) return 'unchecked'
  return 'no'
}
