import { bool, raw, readObject, text } from '../dsl/reading.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { AggregationResult } from '../aggregation.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { findShapes, orShapes } from './geo-shape-field.ts'

/** The smallest box around all points and shapes. */
export const geoBounds: AggregationDefinition = {
  name: 'geo_bounds',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, { field: text, missing: raw, wrap_longitude: bool }, 'object')
    const path = requireField(read)
    return {
      bind(context) {
        const field = findShapes(path, 'geo_bounds', context)
        const bound = {
          aggregation: { kind: 'geo_bounds', field: field?.path ?? path, wrapLongitude: read.wrap_longitude ?? true } as const,
          typedKey: 'geo_bounds',
          shape(result: AggregationResult): Skeleton {
            const box = result.kind === 'geo_bounds' ? result.box : null
            if (!box) return { kind: 'metric', json: {} }
            return { kind: 'metric', json: { bounds: { top_left: { ...box.topLeft }, bottom_right: { ...box.bottomRight } } } }
          },
        }
        return orShapes(bound, field, context)
      },
    }
  },
}

/** The mean of all points; of shapes the middle of their areas, or else of their lines or points. */
export const geoCentroid: AggregationDefinition = {
  name: 'geo_centroid',
  holdsOthers: false,
  parse(json, at) {
    const path = requireField(readObject(json, at, { field: text, missing: raw }, 'object'))
    return {
      bind(context) {
        const field = findShapes(path, 'geo_centroid', context)
        const bound = {
          aggregation: { kind: 'geo_centroid', field: field?.path ?? path } as const,
          typedKey: 'geo_centroid',
          shape(result: AggregationResult): Skeleton {
            const { count, center } = result.kind === 'geo_centroid' ? result : { count: 0, center: null }
            return { kind: 'metric', json: { ...(center ? { location: { ...center } } : {}), count } }
          },
        }
        return orShapes(bound, field, context)
      },
    }
  },
}

function requireField({ field, missing }: { readonly field: string | undefined; readonly missing: unknown }): string {
  if (field === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
  if (missing !== undefined) throw illegalArgument('[missing] of points is not supported yet; documents without one are left out')
  return field
}
