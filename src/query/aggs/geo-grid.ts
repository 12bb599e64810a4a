import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Aggregation, FilterOf, NamedAggregation } from '../aggregation.ts'
import { int, raw, readObject, text } from '../dsl/reading.ts'
import { type GeoBoundingBoxQuery, parseGeoBoundingBox, bindGeoBoundingBox, shapesOfBox } from '../dsl/geo.ts'
import type { Field } from '../field.ts'
import type { AggregationContext, AggregationDefinition, BucketSkeleton } from './definition.ts'
import { addCells, findShapes } from './geo-shape-field.ts'

const DEFAULT_SIZE = 10_000

/** A bucket for each cell of a grid on the map that holds points, or that shapes touch. */
function grid(
  name: 'geohash_grid' | 'geotile_grid' | 'geohex_grid',
  kind: 'geohash' | 'geotile' | 'geohex',
  precisions: { readonly least: number; readonly usual: number; readonly most: number },
): AggregationDefinition {
  const { least, usual, most } = precisions
  return {
    name,
    holdsOthers: true,
    parse(json, at, own) {
      const read = readObject(json, at, { field: text, precision: int, size: int, shard_size: int, bounds: raw }, 'object')
      const { field: path, precision = usual, size = DEFAULT_SIZE, bounds } = read
      if (path === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
      if (precision < least || precision > most)
        throw illegalArgument(`Invalid ${kind} aggregation precision of ${precision}. Must be between ${least} and ${most}.`)
      if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${own}]`)
      const cellsOf = (field: Field | undefined, context: AggregationContext): Aggregation => {
        if (field?.type !== 'geo_shape') return { kind: 'geo_grid', field: field?.path ?? path, grid: kind, precision, size }
        if (kind === 'geohex')
          throw illegalArgument(`[${name}] takes points; for shapes, as in [${path}], ask for [geotile_grid]`)
        const wanted = {
          grid: kind,
          precision,
          bounds: bounds === undefined ? undefined : shapesOfBox(boxOf(bounds, path)),
        } as const
        const source = { field: addCells(field, wanted, context) }
        return { kind: 'terms', source, size, order: FULLEST_FIRST, minDocCount: 1 }
      }
      return {
        bind(context) {
          const cells = cellsOf(findShapes(path, name, context), context)
          return {
            // With bounds one bucket around the cells holds the points within.
            aggregation: bounds === undefined ? cells : { kind: 'filter', query: within(bounds, path, context) },
            ...(bounds === undefined
              ? {}
              : {
                  within: (children: readonly NamedAggregation[]) => [{ name: CELLS, aggregation: cells, children }],
                }),
            typedKey: name,
            shape(result) {
              const found = result.kind === 'single' ? result.children.get(CELLS) : result
              const buckets = (found?.kind === 'buckets' ? found.buckets : []).map(
                ({ key, docCount, children }): BucketSkeleton => {
                  const cell = String(key)
                  const members: JsonObject = { key: cell, doc_count: docCount }
                  return { key, name: cell, json: members, docCount, results: children }
                },
              )
              return { kind: 'multi', json: {}, keyed: false, buckets }
            },
          }
        },
      }
    },
  }
}

const CELLS = 'cells'

const FULLEST_FIRST = [
  { by: '_count', order: 'desc' },
  { by: '_key', order: 'desc' },
] as const

function within(bounds: JsonValue, field: string, context: AggregationContext): FilterOf {
  const query = boxOf(bounds, field)
  return context.indices.map((index) => bindGeoBoundingBox(query, index))
}

function boxOf(bounds: JsonValue, field: string): GeoBoundingBoxQuery {
  const json = { [field]: bounds, ignore_unmapped: true }
  return parseGeoBoundingBox(json, { node: json, key: 'bounds', owner: 'geo_bounding_box' })
}

export const geohashGrid = grid('geohash_grid', 'geohash', { least: 1, usual: 5, most: 12 })
export const geotileGrid = grid('geotile_grid', 'geotile', { least: 0, usual: 7, most: 29 })
/** Hexagons of H3 (https://h3geo.org), which are of nearly the same size everywhere. */
export const geohexGrid = grid('geohex_grid', 'geohex', { least: 0, usual: 6, most: 15 })
