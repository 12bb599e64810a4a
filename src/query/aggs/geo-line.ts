import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { DocumentValues } from '../computed/computation.ts'
import type { DocumentCollector } from '../computed/document-collection.ts'
import { bool, int, oneOf, type Read, readObject, text } from '../dsl/reading.ts'
import type { Field, FieldValue, GeoPoint } from '../field.ts'
import type { AggregationDefinition } from './definition.ts'
import { findField, findPoints, requireAggregatable } from './values-source.ts'

/** Points of a line, and what it may have at most. */
const MAX_POINTS = 10_000

/** A point of a line and what it is sorted by. */
interface Stop {
  readonly point: GeoPoint
  readonly at: number
}

const fieldName: Read<string> = (value, at) => readObject(value, at, { field: text }, 'object').field ?? ''

/** The way through the points of documents in the order of another field: a track, as GeoJSON. */
export const geoLine: AggregationDefinition = {
  name: 'geo_line',
  holdsOthers: false,
  parse(json, at) {
    const spec = {
      point: fieldName,
      sort: fieldName,
      include_sort: bool,
      sort_order: oneOf('asc', 'desc', 'ASC', 'DESC'),
      size: int,
    }
    const read = readObject(json, at, spec, 'object')
    const { point: pointPath, sort: sortPath, include_sort: includesSort = false, size = MAX_POINTS } = read
    if (!pointPath) throw illegalArgument('Required [point]')
    if (!sortPath) throw illegalArgument('Required [sort]')
    if (size <= 0 || size > MAX_POINTS)
      throw illegalArgument(`invalid [size] value [${size}] must be a positive integer <= ${MAX_POINTS}`)
    const isAscending = (read.sort_order ?? 'asc').toLowerCase() === 'asc'
    const compare = (a: Stop, b: Stop): number => (isAscending ? a.at - b.at : b.at - a.at)
    return {
      bind(context) {
        findPoints(pointPath, 'geo_line', context)
        const sorting = findField(sortPath, context)
        if (sorting) requireAggregatable(sorting, 'geo_line', 'numbers and dates')
        const fields = context.indices.map(({ fields: known }) => ({ point: known.find(pointPath), sort: known.find(sortPath) }))
        return {
          aggregation: {
            kind: 'collected',
            of: fields.map(({ point, sort }) => ({ reads: known([point, sort]), readsScore: false, readsSource: false })),
            open: () => (target) => lineCollector(fields[target] ?? {}, { size, compare }),
          },
          typedKey: 'geo_line',
          shape(result) {
            const lines = result.kind === 'collected' ? [...result.results.values()] : []
            const stops = lines.flatMap((line) => line as readonly Stop[]).toSorted(compare)
            const line = stops.slice(0, size)
            const properties: JsonObject = {
              complete: stops.length <= size,
              ...(includesSort ? { sort_values: line.map((stop) => stop.at) } : {}),
            }
            const coordinates = line.map(({ point: { lat, lon } }): JsonValue => [lon, lat])
            const geometry = { type: 'LineString', coordinates }
            return { kind: 'metric', exact: true, json: { type: 'Feature', geometry, properties } }
          },
        }
      },
    }
  },
}

const known = (fields: readonly (Field | undefined)[]): Field[] => fields.filter((field) => field !== undefined)

/** Keeps one point more than the line may have, to tell whether it is complete. */
function lineCollector(
  { point, sort }: { readonly point?: Field | undefined; readonly sort?: Field | undefined },
  { size, compare }: { readonly size: number; readonly compare: (a: Stop, b: Stop) => number },
): DocumentCollector {
  let stops: Stop[] = []
  const cut = (): void => {
    stops = stops.toSorted(compare).slice(0, size + 1)
  }
  return {
    add(document: DocumentValues) {
      const [where] = point ? document.values(point) : []
      const [at] = sort ? document.values(sort) : []
      if (at === undefined || !isPoint(where)) return
      stops.push({ point: where, at: Number(at) })
      if (stops.length > 2 * (size + 1)) cut()
    },
    result() {
      cut()
      return stops
    },
  }
}

const isPoint = (value: FieldValue | undefined): value is GeoPoint =>
  typeof value === 'object' && 'lat' in value && 'lon' in value
