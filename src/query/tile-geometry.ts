import type { LatLon } from '../core/geo-point.ts'
import type { Shape } from '../core/geo-shape.ts'
import { MERCATOR_LATITUDE } from './geo-grid.ts'
import { partsOf } from './shape-parts.ts'

/** One tile of the map of the world, which has 2^zoom columns and rows, and in how many units it is drawn. */
export interface TileFrame {
  readonly zoom: number
  readonly x: number
  readonly y: number
  readonly extent: number
  /** Units around the tile that are drawn as well. */
  readonly buffer: number
}

type Point = readonly [x: number, y: number]

/** What is drawn of a shape in a tile, by kind; parts outside are cut off. */
export interface DrawnShape {
  readonly points: readonly Point[]
  readonly lines: readonly (readonly Point[])[]
  /** Rings are closed, the outer one first. */
  readonly polygons: readonly (readonly (readonly Point[])[])[]
}

export function drawShape(shape: Shape, frame: TileFrame): DrawnShape {
  const at = (point: LatLon): Point => unitsOf(point, frame)
  const { points, lines, polygons } = partsOf(shape)
  return {
    points: points.map(at).filter((point) => isInside(point, frame)),
    lines: lines.flatMap((line) => cutLine(line.map(at), frame)),
    polygons: polygons.flatMap((rings) =>
      cutPolygon(
        rings.map((ring) => ring.map(at)),
        frame,
      ),
    ),
  }
}

/** In web Mercator, from the upper left corner of the tile. */
export function unitsOf({ lat, lon }: LatLon, { zoom, x, y, extent }: TileFrame): Point {
  const tiles = 2 ** zoom
  const sine = Math.sin((Math.min(Math.max(lat, -MERCATOR_LATITUDE), MERCATOR_LATITUDE) * Math.PI) / 180)
  const [column, row] = [((lon + 180) / 360) * tiles, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * tiles]
  return [Math.round((column - x) * extent), Math.round((row - y) * extent)]
}

function isInside([x, y]: Point, { extent, buffer }: TileFrame): boolean {
  return x >= -buffer && y >= -buffer && x <= extent + buffer && y <= extent + buffer
}

/** The four edges of what is drawn: how far a point is inside each of them; negative outside. */
function edgesOf({ extent, buffer }: TileFrame): readonly ((point: Point) => number)[] {
  return [([x]) => x + buffer, ([x]) => extent + buffer - x, ([, y]) => y + buffer, ([, y]) => extent + buffer - y]
}

const between = (a: Point, b: Point, part: number): Point => [
  Math.round(a[0] + (b[0] - a[0]) * part),
  Math.round(a[1] + (b[1] - a[1]) * part),
]

/** Edge by edge (Sutherland and Hodgman 1974). */
function cutPolygon(rings: readonly (readonly Point[])[], frame: TileFrame): (readonly (readonly Point[])[])[] {
  const cut = rings.map((ring) => {
    let points: readonly Point[] = ring.slice(0, -1)
    for (const depth of edgesOf(frame)) {
      points = points.flatMap((point, i) => {
        const before = points.at(i - 1) ?? point
        const [own, last] = [depth(point), depth(before)]
        const crossing = own < 0 === last < 0 ? [] : [between(before, point, last / (last - own))]
        return own < 0 ? crossing : [...crossing, point]
      })
    }
    const distinct = points.filter((point, i) => {
      const before = points.at(i - 1)
      return points.length === 1 || before === undefined || before[0] !== point[0] || before[1] !== point[1]
    })
    const [first] = distinct
    return first && distinct.length >= 3 ? [...distinct, first] : []
  })
  const [outer = [], ...holes] = cut
  return outer.length === 0 ? [] : [[outer, ...holes.filter((hole) => hole.length > 0)]]
}

/** Segment by segment (Liang and Barsky 1984); what leaves the tile and comes back is several lines. */
function cutLine(line: readonly Point[], frame: TileFrame): readonly (readonly Point[])[] {
  const lines: Point[][] = []
  for (const [i, to] of line.slice(1).entries()) {
    const from = line[i] ?? to
    let [enter, leave] = [0, 1]
    for (const depth of edgesOf(frame)) {
      const [a, b] = [depth(from), depth(to)]
      if (a < 0 && b < 0) enter = Infinity
      else if (a < 0) enter = Math.max(enter, a / (a - b))
      else if (b < 0) leave = Math.min(leave, a / (a - b))
    }
    if (enter > leave) continue
    const [start, end] = [between(from, to, enter), between(from, to, leave)]
    const last = lines.at(-1)?.at(-1)
    if (last && last[0] === start[0] && last[1] === start[1]) lines.at(-1)?.push(end)
    else lines.push([start, end])
  }
  return lines.filter((one) => one.length > 1)
}
