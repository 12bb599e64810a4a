import { isIP } from 'node:net'
import { z } from 'zod'
import { addTag, type Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { MissingFileError } from '../missing-file.ts'
import { choice, ignored, list, path, text } from '../options.ts'
import { findGeoDatabase, geoFolders, openGeoDatabase, type GeoDatabase, type GeoPlace } from '../parsing/geoip.ts'
import { defineFilter } from '../plugin.ts'

const config = z.strictObject({
  source: text().describe('Field with the address, or a list of which the first counts.'),
  target: text()
    .optional()
    .describe('Field that gets the place. With ECS names what `source` lies in (`[client][ip]` → `client`), else `geoip`.'),
  database: path()
    .optional()
    .describe('File in the format of MaxMind (mmdb). Looked for in `<data>/geoip` and the usual folders when absent.'),
  default_database_type: choice('City', 'ASN').default('City').describe('Which kind of database is looked for.'),
  fields: list().default([]).describe('What is taken, such as `city_name` or `location`. All there is when empty.'),
  tag_on_failure: list().default(['_geoip_lookup_failure']).describe('Tags of events whose address is unknown.'),
  cache_size: ignored('the database is read from memory'),
  lru_cache_size: ignored('the database is read from memory'),
  ecs_compatibility: ecsCompatibility(),
})

/** Name as pipeline files give it in `fields` → name with and without ECS, and where the value is. */
const PROPERTIES: readonly {
  readonly name: string
  readonly ecs: string
  readonly plain: string
  readonly of: (place: GeoPlace) => Fields[string]
}[] = [
  { name: 'CONTINENT_CODE', ecs: '[geo][continent_code]', plain: 'continent_code', of: (place) => place.continent?.code },
  {
    name: 'CONTINENT_NAME',
    ecs: '[geo][continent_name]',
    plain: 'continent_name',
    of: (place) => place.continent?.names?.['en'],
  },
  { name: 'COUNTRY_NAME', ecs: '[geo][country_name]', plain: 'country_name', of: (place) => place.country?.names?.['en'] },
  { name: 'COUNTRY_CODE2', ecs: '[geo][country_iso_code]', plain: 'country_code2', of: (place) => place.country?.iso_code },
  { name: 'REGION_NAME', ecs: '[geo][region_name]', plain: 'region_name', of: (place) => place.subdivisions?.[0]?.names?.['en'] },
  { name: 'REGION_CODE', ecs: '[geo][region_code]', plain: 'region_code', of: (place) => place.subdivisions?.[0]?.iso_code },
  { name: 'REGION_ISO_CODE', ecs: '[geo][region_iso_code]', plain: 'region_iso_code', of: regionIsoCode },
  { name: 'CITY_NAME', ecs: '[geo][city_name]', plain: 'city_name', of: (place) => place.city?.names?.['en'] },
  { name: 'POSTAL_CODE', ecs: '[geo][postal_code]', plain: 'postal_code', of: (place) => place.postal?.code },
  { name: 'TIMEZONE', ecs: '[geo][timezone]', plain: 'timezone', of: (place) => place.location?.time_zone },
  { name: 'DMA_CODE', ecs: '[mmdb][dma_code]', plain: 'dma_code', of: (place) => place.location?.metro_code },
  { name: 'LATITUDE', ecs: '', plain: 'latitude', of: (place) => place.location?.latitude },
  { name: 'LONGITUDE', ecs: '', plain: 'longitude', of: (place) => place.location?.longitude },
  { name: 'LOCATION', ecs: '[geo][location]', plain: 'location', of: location },
  { name: 'AUTONOMOUS_SYSTEM_NUMBER', ecs: '[as][number]', plain: 'asn', of: (place) => place.autonomous_system_number },
  {
    name: 'AUTONOMOUS_SYSTEM_ORGANIZATION',
    ecs: '[as][organization][name]',
    plain: 'as_org',
    of: (place) => place.autonomous_system_organization,
  },
]

export const geoip = defineFilter({
  name: 'geoip',
  summary: 'Says where an address is, by a database of your own.',
  config,
  examples: [
    {
      title: 'Without a database events are tagged',
      config: { source: 'ip' },
      in: { ip: '192.0.2.1' },
      out: { ip: '192.0.2.1', tags: ['_geoip_expired_database'] },
    },
  ],
  create(options, context) {
    const from = fieldPath(options.source)
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const target = options.target ?? (ecs ? parentOf(options.source) : 'geoip')
    const outer = target === '' || target.startsWith('[') ? target : `[${target}]`
    const wanted = new Set(options.fields.map((name) => name.toUpperCase()))
    const properties = PROPERTIES.filter(
      ({ name, plain }) => wanted.size === 0 || wanted.has(name) || wanted.has(plain.toUpperCase()),
    ).flatMap(({ ecs: ecsName, plain, of }) => {
      const name = ecs ? ecsName : `[${plain}]`
      return name === '' ? [] : [{ path: fieldPath(outer + name), of }]
    })
    let database: GeoDatabase | undefined
    return {
      async open() {
        const file = options.database ?? findGeoDatabase(options.default_database_type, geoFolders(context.platform.dataDir))
        if (file === undefined) {
          context.warn(
            'W-GEOIP',
            `geoip: there is no ${options.default_database_type} database; put GeoLite2-${options.default_database_type}.mmdb into ${geoFolders(context.platform.dataDir)[0]}, or name one with database. Events are tagged _geoip_expired_database`,
          )
          return
        }
        try {
          database = await openGeoDatabase(file)
        } catch (error) {
          throw new MissingFileError(file, error)
        }
      },
      process(event) {
        const value = from.get(event)
        const address = fieldText(Array.isArray(value) ? (value[0] ?? null) : (value ?? null)).trim()
        if (address === '') return 'unmatched'
        if (database === undefined) {
          addTag(event, '_geoip_expired_database')
          return 'unmatched'
        }
        const place = isIP(address) === 0 ? undefined : database.find(address)
        let found = false
        for (const { path: property, of } of place === undefined ? [] : properties) {
          const one = of(place as GeoPlace)
          if (one === undefined) continue
          property.set(event, one)
          found = true
        }
        if (!found) {
          addTag(event, ...options.tag_on_failure)
          return 'unmatched'
        }
        if (!ecs) fieldPath(`${outer}[ip]`).set(event, address)
        return 'matched'
      },
    }
  },
})

/** What a field lies in: `[client][ip]` → `client`; a field at the root has none. */
function parentOf(source: string): string {
  const inner = source.lastIndexOf('[')
  return inner > 0 ? source.slice(0, inner) : ''
}

function regionIsoCode({ country, subdivisions }: GeoPlace): string | undefined {
  const region = subdivisions?.[0]?.iso_code
  return country?.iso_code === undefined || region === undefined ? undefined : `${country.iso_code}-${region}`
}

function location({ location: at }: GeoPlace): Fields | undefined {
  return at?.latitude === undefined || at.longitude === undefined ? undefined : { lat: at.latitude, lon: at.longitude }
}
