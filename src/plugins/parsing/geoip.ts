import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Reader, type Response } from 'mmdb-lib'

/** What a database of MaxMind's format says of an address, as far as it does. */
export interface GeoPlace {
  readonly continent?: { readonly code?: string; readonly names?: Names }
  readonly country?: { readonly iso_code?: string; readonly names?: Names }
  readonly registered_country?: { readonly iso_code?: string; readonly names?: Names }
  readonly subdivisions?: readonly { readonly iso_code?: string; readonly names?: Names }[]
  readonly city?: { readonly names?: Names }
  readonly postal?: { readonly code?: string }
  readonly location?: {
    readonly latitude?: number
    readonly longitude?: number
    readonly time_zone?: string
    readonly accuracy_radius?: number
    readonly metro_code?: number
  }
  readonly autonomous_system_number?: number
  readonly autonomous_system_organization?: string
}

type Names = Readonly<Record<string, string>>

export interface GeoDatabase {
  /** `GeoLite2-City`, `GeoLite2-ASN` … */
  readonly type: string
  find(ip: string): GeoPlace | undefined
}

/** Where databases are looked for that are asked for by kind only. */
export const geoFolders = (dataDir: string): readonly string[] => [
  join(dataDir, 'geoip'),
  '/usr/share/GeoIP',
  '/var/lib/GeoIP',
  '/etc/logstash',
  resolve(dirname(fileURLToPath(import.meta.url)), '../../../content/geoip'),
]

/** The path of a database of a kind, such as `City`: none comes along, for their licences do not permit it. */
export function findGeoDatabase(kind: string, folders: readonly string[]): string | undefined {
  const names = [`GeoLite2-${kind}.mmdb`, `GeoIP2-${kind}.mmdb`, `dbip-${kind.toLowerCase()}-lite.mmdb`]
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file))
}

/** @throws Error that says why the file cannot be used */
export async function openGeoDatabase(file: string): Promise<GeoDatabase> {
  const reader = new Reader<Response>(await readFile(file))
  return {
    type: reader.metadata.databaseType,
    find: (ip) => (reader.get(ip) ?? undefined) as GeoPlace | undefined,
  }
}
