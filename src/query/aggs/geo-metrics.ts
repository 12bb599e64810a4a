import { bool, raw, readObject, text } from '../dsl/reading.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { AggregationDefinition } from './definition.ts'
import { findPoints } from './values-source.ts'

/** The smallest box around all points. */
export const geoBounds: AggregationDefinition = {
  name: 'geo_bounds',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, { field: text, missing: raw, wrap_longitude: bool }, 'object')
    const path = requireField(read)
    return {
      bind(context) {
        const field = findPoints(path, 'geo_bounds', context)
        return {
          aggregation: { kind: 'geo_bounds', field: field?.path ?? path, wrapLongitude: read.wrap_longitude ?? true },
          typedKey: 'geo_bounds',
          shape(result) {
            const box = result.kind === 'geo_bounds' ? result.box : null
            if (!box) return { kind: 'metric', json: {} }
            return { kind: 'metric', json: { bounds: { top_left: { ...box.topLeft }, bottom_right: { ...box.bottomRight } } } }
          },
        }
      },
    }
  },
}

/** The mean of all points. */
export const geoCentroid: AggregationDefinition = {
  name: 'geo_centroid',
  holdsOthers: false,
  parse(json, at) {
    const path = requireField(readObject(json, at, { field: text, missing: raw }, 'object'))
    return {
      bind(context) {
        const field = findPoints(path, 'geo_centroid', context)
        return {
          aggregation: { kind: 'geo_centroid', field: field?.path ?? path },
          typedKey: 'geo_centroid',
          shape(result) {
            const { count, center } = result.kind === 'geo_centroid' ? result : { count: 0, center: null }
            return { kind: 'metric', json: { ...(center ? { location: { ...center } } : {}), count } }
          },
        }
      },
    }
  },
}

function requireField({ field, missing }: { readonly field: string | undefined; readonly missing: unknown }): string {
  if (field === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
  if (missing !== undefined) throw illegalArgument('[missing] of points is not supported yet; documents without one are left out')
  return field
}
