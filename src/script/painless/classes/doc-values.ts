import { haversineMeters } from '../../../core/haversine.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalState } from '../java-error.ts'
import { DOC_VALUES, type DocValues, GeoPointValue } from '../values/doc-values.ts'

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

const distance = (values: DocValues, lat: number, lon: number): number => haversineMeters(point(values), { lat, lon })

/** What `doc['field']` offers besides being a List. */
export const docValueClasses: readonly ClassTable[] = [
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
      'double planeDistance(double, double)': distance,
      'double planeDistanceWithDefault(double, double, double)': (self, lat: number, lon: number, otherwise: number) =>
        self.size === 0 ? otherwise : distance(self, lat, lon),
    },
  }),
]
