import { illegalArgument } from '../../core/errors.ts'
import { parseShape, pointsOf, type Shape } from '../../core/geo-shape.ts'
import type { Aggregation, AggregationResult } from '../aggregation.ts'
import { computedFields } from '../bind/context.ts'
import type { DocumentValues } from '../computed/computation.ts'
import { addComputation } from '../computed/computed-fields.ts'
import type { Field } from '../field.ts'
import { boxOf } from '../geo-bounds.ts'
import { geohashOf, tileOf } from '../geo-grid.ts'
import { type CellsOf, cellsOfShape } from '../shape-cells.ts'
import { addWeights, NO_WEIGHT, weightOf, type Weight } from '../shape-centroid.ts'
import type { AggregationContext, BoundAggregation } from './definition.ts'
import { findField } from './values-source.ts'

/** A field of points or shapes; `undefined` where no index has it. @throws ElkhornError (400) for any other */
export function findShapes(path: string, owner: string, context: AggregationContext): Field | undefined {
  const field = findField(path, context)
  if (field && field.type !== 'geo_point' && field.type !== 'geo_shape')
    throw illegalArgument(`Field [${field.path}] of type [${field.type}] is not supported for aggregation [${owner}]`)
  return field
}

interface BoundOverShapes extends BoundAggregation {
  readonly aggregation: Extract<Aggregation, { kind: 'geo_bounds' | 'geo_centroid' }>
}

/** Where the field of an aggregation holds shapes, the same over their corners and areas. Any other is answered as it is. */
export function orShapes(bound: BoundOverShapes, field: Field | undefined, context: AggregationContext): BoundAggregation {
  if (field?.type !== 'geo_shape') return bound
  const fields = context.indices.map(({ fields: known }) => known.find(field.path))
  return {
    ...bound,
    aggregation: {
      kind: 'collected',
      of: fields.map((one) => ({ reads: one ? [one] : [], readsScore: false, readsSource: false })),
      open: () => (target) => {
        const found = new ShapesFound()
        const own = fields[target]
        return { add: (document) => own && found.add(shapesIn(document, own)), result: () => found }
      },
    },
    shape(result, shapeContext) {
      const parts = result.kind === 'collected' ? [...result.results.values()] : []
      const found = ShapesFound.of(parts.filter((one) => one instanceof ShapesFound))
      return bound.shape(found.result(bound.aggregation), shapeContext)
    },
  }
}

/** @returns the path of a field of the cells that the shapes of documents touch */
export function addCells(field: Field, cells: CellsOf, context: AggregationContext): string {
  const { grid, precision } = cells
  const cellsOf = (shape: Shape): readonly string[] => {
    // A point is in one cell, also on the edge of two.
    if (shape.type !== 'Point') return cellsOfShape(shape, cells)
    if (grid === 'geohash') return [geohashOf(shape.point, precision)]
    const { x, y } = tileOf(shape.point, precision)
    return [`${precision}/${x}/${y}`]
  }
  return addComputation(
    'keyword',
    context.indices.map((index) => {
      const own = index.fields.find(field.path)
      const computation = {
        reads: own ? [own] : [],
        readsScore: false,
        readsSource: false,
        isScore: false,
        expression: undefined,
        open: () => (document: DocumentValues) => {
          const touched = (own ? shapesIn(document, own) : []).flatMap(cellsOf)
          return [...new Set(touched)]
        },
      }
      return { fields: computedFields(index), computation }
    }),
  )
}

function shapesIn(document: DocumentValues, field: Field): readonly Shape[] {
  return document.values(field).flatMap((value): Shape[] => {
    if (typeof value === 'string') return [parseShape(value)]
    return typeof value === 'object' && 'lat' in value ? [{ type: 'Point', point: value }] : []
  })
}

/** What the shapes of documents have in common: how far they reach, and where their middle is. */
class ShapesFound {
  #top = -Infinity
  #bottom = Infinity
  #east = { from: Infinity, to: -Infinity }
  #west = { from: Infinity, to: -Infinity }
  #count = 0
  #weight: Weight = NO_WEIGHT

  static of(parts: readonly ShapesFound[]): ShapesFound {
    const all = new ShapesFound()
    for (const part of parts) {
      all.#top = Math.max(all.#top, part.#top)
      all.#bottom = Math.min(all.#bottom, part.#bottom)
      for (const [own, other] of [[all.#east, part.#east] as const, [all.#west, part.#west] as const]) {
        own.from = Math.min(own.from, other.from)
        own.to = Math.max(own.to, other.to)
      }
      all.#count += part.#count
      all.#weight = addWeights(all.#weight, part.#weight)
    }
    return all
  }

  add(shapes: readonly Shape[]): void {
    for (const shape of shapes) {
      this.#count += 1
      this.#weight = addWeights(this.#weight, weightOf(shape))
      for (const { lat, lon } of pointsOf(shape)) {
        this.#top = Math.max(this.#top, lat)
        this.#bottom = Math.min(this.#bottom, lat)
        const side = lon >= 0 ? this.#east : this.#west
        side.from = Math.min(side.from, lon)
        side.to = Math.max(side.to, lon)
      }
    }
  }

  result(aggregation: BoundOverShapes['aggregation']): AggregationResult {
    if (aggregation.kind === 'geo_centroid') {
      const { weight, lat, lon } = this.#weight
      return { kind: 'geo_centroid', count: this.#count, center: weight > 0 ? { lat: lat / weight, lon: lon / weight } : null }
    }
    const known = (value: number): number | null => (Number.isFinite(value) ? value : null)
    const extremes = {
      top: known(this.#top),
      bottom: known(this.#bottom),
      eastFrom: known(this.#east.from),
      eastTo: known(this.#east.to),
      westFrom: known(this.#west.from),
      westTo: known(this.#west.to),
    }
    return { kind: 'geo_bounds', box: boxOf(extremes, aggregation.wrapLongitude) }
  }
}
