import { illegalArgument } from '../../core/errors.ts'
import { parseIp } from '../../core/ip.ts'
import { textOf } from '../../script/painless/values/text.ts'
import type { GeoPlace } from '../parsing/geoip.ts'
import { defineProcessor } from './processor.ts'

const PROPERTIES = [
  'ip',
  'continent_name',
  'continent_code',
  'country_name',
  'country_iso_code',
  'region_name',
  'region_iso_code',
  'city_name',
  'timezone',
  'location',
  'postal_code',
  'asn',
  'organization_name',
] as const
type Property = (typeof PROPERTIES)[number]

/** What Elasticsearch shows of each kind of database unless told otherwise. */
const USUAL: Readonly<Record<string, readonly Property[]>> = {
  City: ['continent_name', 'country_name', 'country_iso_code', 'region_name', 'region_iso_code', 'city_name', 'location'],
  Country: ['continent_name', 'country_name', 'country_iso_code'],
  ASN: ['ip', 'asn', 'organization_name'],
}

export const geoip = defineProcessor({
  name: 'geoip',
  summary: 'Tells where an address is, by a database of MaxMind that the machine has (none comes along).',
  create(config, { geoDatabase }) {
    const field = config.text('field')
    const target = config.text('target_field', 'geoip')
    const file = config.text('database_file', 'GeoLite2-City.mmdb')
    const ignoreMissing = config.flag('ignore_missing', false)
    const firstOnly = config.flag('first_only', true)
    config.flag('download_database_on_pipeline_creation', true)
    const kind = /City|Country|ASN/i.exec(file)?.[0] ?? 'City'
    const written = config.optionalList('properties')?.map(String)
    const properties = written?.map((name): Property => {
      const found = PROPERTIES.find((one) => one === name.toLowerCase())
      if (found === undefined)
        throw config.error('properties', `illegal property value [${name}]. valid values are [${PROPERTIES.join(', ')}]`)
      return found
    })
    return (document) => {
      const value = document.find(field)
      if (value === undefined || value === null) {
        if (ignoreMissing) return
        throw illegalArgument(`field [${field}] not present as part of path [${field}]`)
      }
      const database = geoDatabase(kind)
      if (database === undefined) {
        document.append('tags', [`_geoip_database_unavailable_${file}`], false)
        return
      }
      const found = (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
        const ip = textOf(one)
        if (parseIp(ip) === undefined) throw illegalArgument(`'${ip}' is not an IP string literal.`)
        const place = database.find(ip)
        return place === undefined ? [] : [shown(place, ip, properties ?? USUAL[kind] ?? [])]
      })
      if (found.length === 0) return
      document.set(target, Array.isArray(value) && !firstOnly ? found : found[0])
    }
  },
})

function shown(place: GeoPlace, ip: string, properties: readonly Property[]): Record<string, unknown> {
  const { continent, country, subdivisions, city, location, postal } = place
  const [region] = subdivisions ?? []
  const { latitude, longitude } = location ?? {}
  const all: Readonly<Record<Property, unknown>> = {
    ip,
    continent_name: continent?.names?.['en'],
    continent_code: continent?.code,
    country_name: country?.names?.['en'],
    country_iso_code: country?.iso_code,
    region_name: region?.names?.['en'],
    region_iso_code:
      country?.iso_code === undefined || region?.iso_code === undefined ? undefined : `${country.iso_code}-${region.iso_code}`,
    city_name: city?.names?.['en'],
    timezone: location?.time_zone,
    location: latitude === undefined || longitude === undefined ? undefined : { lat: latitude, lon: longitude },
    postal_code: postal?.code,
    asn: place.autonomous_system_number,
    organization_name: place.autonomous_system_organization,
  }
  return Object.fromEntries(properties.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]))
}
