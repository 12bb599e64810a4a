import { parseGeoPoint } from '../../../core/geo-point.ts'
import { EARTH_RADIUS_METERS, haversineMeters } from '../../../core/haversine.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalState } from '../java-error.ts'
import { JavaArray } from '../values/collections.ts'
import { DOC_VALUES, type DocValues, GeoPointValue } from '../values/doc-values.ts'
import { DOC_DATE, type ZonedDateTime } from '../values/temporal.ts'

const plain = (name: string): ClassTable =>
  classTable<DocValues>({
    name: `${DOC_VALUES}.${name}`,
    extends: [DOC_VALUES],
    methods: {},
  })

function point(values: DocValues): GeoPointValue {
  const value = values.first()
  if (value instanceof GeoPointValue) return value
  throw illegalState('the first value is no point')
}

/** On a plane that is as wide as the earth at the latitude between the points. */
function planeMeters(values: DocValues, lat: number, lon: number): number {
  const from = point(values)
  const x = radians(lon - from.lon) * Math.cos(radians(lat + from.lat) / 2)
  const y = radians(lat - from.lat)
  return Math.sqrt(x * x + y * y) * EARTH_RADIUS_METERS
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** The points in their order. */
const coordinates = (values: DocValues, of: 'lat' | 'lon'): JavaArray =>
  new JavaArray(
    'double',
    values.items.map((value) => (value instanceof GeoPointValue ? value[of] : 0)),
  )

const distance = (values: DocValues, lat: number, lon: number): number => haversineMeters(point(values), { lat, lon })

/** Joda's names, which dates of documents kept when Elasticsearch left Joda; `getDayOfWeek` is a number here. */
const docDate = classTable<ZonedDateTime>({
  name: DOC_DATE,
  extends: ['java.time.ZonedDateTime'],
  methods: {
    'int getDayOfWeek()': (self) => Number(self.field('DAY_OF_WEEK')),
    'int getCenturyOfEra()': (self) => Math.trunc(Number(self.field('YEAR_OF_ERA')) / 100),
    'int getYearOfCentury()': (self) => Number(self.field('YEAR_OF_ERA')) % 100,
    'int getYearOfEra()': (self) => Number(self.field('YEAR_OF_ERA')),
    'int getEra()': (self) => (Number(self.field('YEAR')) > 0 ? 1 : 0),
    'int getMillisOfDay()': (self) => Number(self.field('MILLI_OF_DAY')),
    'int getMinuteOfDay()': (self) => Number(self.field('MINUTE_OF_DAY')),
    'int getSecondOfDay()': (self) => Number(self.field('SECOND_OF_DAY')),
    'int getWeekOfWeekyear()': (self) => isoWeek(self).week,
    'int getWeekyear()': (self) => isoWeek(self).year,
  },
})

const MS_PER_DAY = 86_400_000

/** The week of ISO 8601: it belongs to the year that its Thursday lies in. */
function isoWeek({ epochMilli }: ZonedDateTime): { readonly year: number; readonly week: number } {
  const day = Math.floor(epochMilli / MS_PER_DAY)
  const thursday = day + 3 - ((((day + 3) % 7) + 7) % 7)
  const year = new Date(thursday * MS_PER_DAY).getUTCFullYear()
  return { year, week: Math.floor((thursday - Date.UTC(year, 0, 1) / MS_PER_DAY) / 7) + 1 }
}

/** What `doc['field']` offers besides being a List. */
export const docValueClasses: readonly ClassTable[] = [
  docDate,
  classTable<DocValues>({
    name: DOC_VALUES,
    extends: ['java.util.List'],
    methods: {
      'def getValue()': (self) => self.first(),
    },
  }),
  ...['Longs', 'UnsignedLongs', 'Doubles', 'Dates', 'Strings', 'Booleans'].map(plain),
  classTable<GeoPointValue>({
    name: 'org.opensearch.common.geo.GeoPoint',
    methods: {
      'double getLat()': (self) => self.lat,
      'double getLon()': (self) => self.lon,
    },
  }),
  classTable<DocValues>({
    name: `${DOC_VALUES}.GeoPoints`,
    extends: [DOC_VALUES],
    methods: {
      'double getLat()': (self) => point(self).lat,
      'double getLon()': (self) => point(self).lon,
      'double arcDistance(double, double)': distance,
      'double arcDistanceWithDefault(double, double, double)': (self, lat: number, lon: number, otherwise: number) =>
        self.size === 0 ? otherwise : distance(self, lat, lon),
      'double[] getLats()': (self) => coordinates(self, 'lat'),
      'double[] getLons()': (self) => coordinates(self, 'lon'),
      'double geohashDistance(String)': (self, geohash: string) => {
        const { lat, lon } = parseGeoPoint({ geohash })
        return distance(self, lat, lon)
      },
      'double planeDistance(double, double)': planeMeters,
      'double planeDistanceWithDefault(double, double, double)': (self, lat: number, lon: number, otherwise: number) =>
        self.size === 0 ? otherwise : planeMeters(self, lat, lon),
    },
  }),
]
