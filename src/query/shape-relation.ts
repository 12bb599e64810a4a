import type { LatLon } from '../core/geo-point.ts'
import type { Ring, Shape } from '../core/geo-shape.ts'
import { partsOf, type ShapeParts } from './shape-parts.ts'

/** How a shape of a document lies to that of a query. */
export type ShapeRelation = 'intersects' | 'disjoint' | 'within' | 'contains'

/** Whether the shape `own` lies so to `asked`. Touching counts as meeting, and the border as inside. */
export function isRelatedShape(own: Shape, asked: Shape, relation: ShapeRelation): boolean {
  const [a, b] = [partsOf(own), partsOf(asked)]
  switch (relation) {
    case 'intersects':
      return meet(a, b)
    case 'disjoint':
      return !meet(a, b)
    case 'within':
      return covers(b, a)
    case 'contains':
      return covers(a, b)
    default:
      return relation satisfies never
  }
}

type Segment = readonly [LatLon, LatLon]

function segmentsOf({ lines, polygons }: ShapeParts): readonly Segment[] {
  return [...lines, ...polygons.flat()].flatMap((line) =>
    line.slice(1).flatMap((to, i): Segment[] => {
      const from = line[i]
      return from ? [[from, to]] : []
    }),
  )
}

/** One point of each part: where no borders cross, it tells for the whole part whether it lies inside another. */
const samplesOf = ({ points, lines, polygons }: ShapeParts): readonly LatLon[] => [
  ...points,
  ...lines.flatMap((line) => line.slice(0, 1)),
  ...polygons.flatMap(([outer = []]) => outer.slice(0, 1)),
]

function meet(a: ShapeParts, b: ShapeParts): boolean {
  const [segmentsA, segmentsB] = [segmentsOf(a), segmentsOf(b)]
  if (segmentsA.some((one) => segmentsB.some((other) => cross(one, other)))) return true
  return samplesOf(a).some((point) => holds(b, segmentsB, point)) || samplesOf(b).some((point) => holds(a, segmentsA, point))
}

/** Whether a point is one of the shape's, lies on its lines or in its polygons. */
function holds({ points, polygons }: ShapeParts, segments: readonly Segment[], point: LatLon): boolean {
  return (
    points.some(({ lat, lon }) => lat === point.lat && lon === point.lon) ||
    segments.some(([from, to]) => isBetween(from, to, point)) ||
    polygons.some((rings) => isInside(rings, point))
  )
}

/** Whether all of `inner` lies in `outer`: no point of it outside, and no border of `outer` through it. */
function covers(outer: ShapeParts, inner: ShapeParts): boolean {
  const segments = segmentsOf(outer)
  const inners = segmentsOf(inner)
  const ends = [...inner.points, ...inners.flat()]
  if (!ends.every((point) => holds(outer, segments, point))) return false
  // Between its ends a segment may leave the shape: where it crosses a border, the stretches between are looked at.
  if (!inners.every((one) => stretches(one, segments).every((middle) => holds(outer, segments, middle)))) return false
  // A hole of `outer` within a polygon of `inner`.
  const holes = outer.polygons.flatMap((rings) => rings.slice(1))
  return !holes.some((hole) => hole.some((point) => inner.polygons.some((rings) => isStrictlyInside(rings, point))))
}

/** Midpoints of the parts that other segments cut a segment into. */
function stretches([from, to]: Segment, others: readonly Segment[]): readonly LatLon[] {
  const cuts = others.flatMap((other) => cutOf([from, to], other)).sort((x, y) => x - y)
  const ends = [0, ...cuts, 1]
  return ends.slice(1).map((end, i) => {
    const middle = ((ends[i] ?? 0) + end) / 2
    return { lat: from.lat + (to.lat - from.lat) * middle, lon: from.lon + (to.lon - from.lon) * middle }
  })
}

/** Where along a segment another one crosses it, from 0 to 1. */
function cutOf([from, to]: Segment, [start, end]: Segment): number[] {
  const dx = to.lon - from.lon
  const dy = to.lat - from.lat
  const ex = end.lon - start.lon
  const ey = end.lat - start.lat
  const across = dx * ey - dy * ex
  if (across === 0) return []
  const along = ((start.lon - from.lon) * ey - (start.lat - from.lat) * ex) / across
  const beside = ((start.lon - from.lon) * dy - (start.lat - from.lat) * dx) / across
  return along > 0 && along < 1 && beside >= 0 && beside <= 1 ? [along] : []
}

/** On which side of a line a point lies: positive to the left, 0 on it. */
const side = (from: LatLon, to: LatLon, point: LatLon): number =>
  (to.lon - from.lon) * (point.lat - from.lat) - (to.lat - from.lat) * (point.lon - from.lon)

function isBetween(from: LatLon, to: LatLon, point: LatLon): boolean {
  // Degrees to about a tenth of a millimeter: midpoints are rounded.
  const length = Math.hypot(to.lon - from.lon, to.lat - from.lat)
  if (Math.abs(side(from, to, point)) > 1e-9 * Math.max(length, 1e-9)) return false
  return (
    Math.min(from.lat, to.lat) - 1e-9 <= point.lat &&
    point.lat <= Math.max(from.lat, to.lat) + 1e-9 &&
    Math.min(from.lon, to.lon) - 1e-9 <= point.lon &&
    point.lon <= Math.max(from.lon, to.lon) + 1e-9
  )
}

function cross([a, b]: Segment, [c, d]: Segment): boolean {
  const [c1, d1, a1, b1] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)]
  if (c1 * d1 < 0 && a1 * b1 < 0) return true
  return isBetween(a, b, c) || isBetween(a, b, d) || isBetween(c, d, a) || isBetween(c, d, b)
}

const onRing = (ring: Ring, point: LatLon): boolean =>
  ring.slice(1).some((to, i) => {
    const from = ring[i]
    return from !== undefined && isBetween(from, to, point)
  })

/** Within the outer ring and in no hole; borders count. */
function isInside([outer, ...holes]: readonly Ring[], point: LatLon): boolean {
  if (!outer || !(onRing(outer, point) || inRing(outer, point))) return false
  return !holes.some((hole) => inRing(hole, point) && !onRing(hole, point))
}

function isStrictlyInside([outer, ...holes]: readonly Ring[], point: LatLon): boolean {
  if (!outer || onRing(outer, point) || !inRing(outer, point)) return false
  return !holes.some((hole) => inRing(hole, point) || onRing(hole, point))
}

/** Counts how often a ray to the east meets the ring. */
function inRing(ring: Ring, { lat, lon }: LatLon): boolean {
  let inside = false
  for (let i = 1; i < ring.length; i++) {
    const [from, to] = [ring[i - 1], ring[i]]
    if (!from || !to || from.lat > lat === to.lat > lat) continue
    if (lon < ((to.lon - from.lon) * (lat - from.lat)) / (to.lat - from.lat) + from.lon) inside = !inside
  }
  return inside
}
