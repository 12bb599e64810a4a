import { doubleJson, printDouble } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { geoPoint, parseDistance } from '../dsl/geo.ts'
import { bool, listOf, number, raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { findPoints } from './values-source.ts'

/** Buckets of points by how far they are from one. */
export const geoDistance: AggregationDefinition = {
  name: 'geo_distance',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        field: text,
        origin: raw,
        unit: text,
        distance_type: text,
        keyed: bool,
        ranges: listOf((value, place) => readObject(value, place, { key: text, from: number, to: number }, 'object')),
      },
      'object',
    )
    const { field: path, keyed = false, unit = 'm' } = read
    if (path === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
    if (read.origin === undefined) throw illegalArgument(`Required [origin] in [${name}]`)
    const origin = geoPoint(read.origin, name)
    const asked = read.ranges ?? []
    if (asked.length === 0) throw illegalArgument(`No [ranges] specified for the [${name}] aggregation`)
    const meters = parseDistance('1', unit)
    const side = (value: number | undefined): string => (value === undefined ? '*' : printDouble(value))
    const ranges = asked
      // A ring begins at its point unless it says otherwise.
      .map(({ key, from, to }) => ({ key: key ?? `${side(from)}-${side(to)}`, from: from ?? 0, to }))
      .toSorted((a, b) => a.from - b.from || (a.to ?? Infinity) - (b.to ?? Infinity))
    const rings = ranges.map(({ key, from, to }) => ({
      key,
      from: from * meters,
      ...(to === undefined ? {} : { to: to * meters }),
    }))
    return {
      bind: (context) => ({
        aggregation: {
          kind: 'geo_distance',
          field: findPoints(path, 'geo_distance', context)?.path ?? path,
          origin,
          ranges: rings,
        },
        typedKey: 'geo_distance',
        shape(result) {
          const found = result.kind === 'buckets' ? result.buckets : []
          const buckets = ranges.map(({ key, from, to }, index): BucketSkeleton => {
            const bucket = found[index]
            const docCount = bucket?.docCount ?? 0
            const members: JsonObject = {
              ...(keyed ? {} : { key }),
              from: doubleJson(from),
              ...(to === undefined ? {} : { to: doubleJson(to) }),
              doc_count: docCount,
            }
            return { key, name: key, json: members, docCount, results: bucket?.children }
          })
          return { kind: 'multi', json: {}, keyed, buckets }
        },
      }),
    }
  },
}
