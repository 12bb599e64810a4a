import protobuf from 'protobufjs/minimal.js'

/**
 * Vector tiles as Mapbox specifies them, version 2.1 (https://github.com/mapbox/vector-tile-spec): layers of features in
 * the coordinates of a square, y downwards, as messages of Protocol Buffers.
 */
export interface TileLayer {
  readonly name: string
  /** Width and height of the tile in units. */
  readonly extent: number
  readonly features: readonly TileFeature[]
}

export interface TileFeature {
  readonly geometry: TileGeometry
  readonly properties: Readonly<Record<string, string | number | boolean>>
}

/** Whole units. */
export type TilePoint = readonly [x: number, y: number]

/** Rings are closed: their last point is their first one. Of polygons the outer ring comes first, then its holes. */
export type TileGeometry =
  | { readonly kind: 'points'; readonly points: readonly TilePoint[] }
  | { readonly kind: 'lines'; readonly lines: readonly (readonly TilePoint[])[] }
  | { readonly kind: 'polygons'; readonly polygons: readonly (readonly (readonly TilePoint[])[])[] }

export function encodeTile(layers: readonly TileLayer[]): Buffer {
  const tile = protobuf.Writer.create()
  for (const layer of layers) {
    tile.uint32(tag(3, SIZED)).fork()
    writeLayer(tile, layer)
    tile.ldelim()
  }
  return Buffer.from(tile.finish())
}

/** How a field is written: as Protocol Buffers number the ways. */
const [VARINT, DOUBLE, SIZED] = [0, 1, 2]
const tag = (field: number, way: number): number => (field << 3) | way

const SPEC_VERSION = 2

function writeLayer(out: protobuf.Writer, { name, extent, features }: TileLayer): void {
  const keys = new Map<string, number>()
  const values = new Map<string | number | boolean, number>()
  const placeOf = <K>(places: Map<K, number>, key: K): number => {
    const known = places.get(key) ?? places.size
    places.set(key, known)
    return known
  }
  out.uint32(tag(15, VARINT)).uint32(SPEC_VERSION).uint32(tag(1, SIZED)).string(name)
  for (const { geometry, properties } of features) {
    const tags = Object.entries(properties).flatMap(([key, value]) => [placeOf(keys, key), placeOf(values, value)])
    out.uint32(tag(2, SIZED)).fork()
    writePacked(out, 2, tags)
    out.uint32(tag(3, VARINT)).uint32(geometry.kind === 'points' ? 1 : geometry.kind === 'lines' ? 2 : 3)
    writePacked(out, 4, commandsOf(geometry))
    out.ldelim()
  }
  for (const key of keys.keys()) out.uint32(tag(3, SIZED)).string(key)
  for (const value of values.keys()) {
    out.uint32(tag(4, SIZED)).fork()
    writeValue(out, value)
    out.ldelim()
  }
  out.uint32(tag(5, VARINT)).uint32(extent)
}

function writePacked(out: protobuf.Writer, field: number, values: readonly number[]): void {
  if (values.length === 0) return
  out.uint32(tag(field, SIZED)).fork()
  for (const value of values) out.uint32(value)
  out.ldelim()
}

function writeValue(out: protobuf.Writer, value: string | number | boolean): void {
  if (typeof value === 'string') out.uint32(tag(1, SIZED)).string(value)
  else if (typeof value === 'boolean') out.uint32(tag(7, VARINT)).bool(value)
  else if (Number.isSafeInteger(value)) out.uint32(tag(6, VARINT)).sint64(value)
  else out.uint32(tag(3, DOUBLE)).double(value)
}

const [MOVE_TO, LINE_TO, CLOSE_PATH] = [1, 2, 7]

function commandsOf(geometry: TileGeometry): readonly number[] {
  const commands: number[] = []
  let [x, y] = [0, 0]
  const command = (id: number, points: readonly TilePoint[]): void => {
    commands.push((id & 7) | (points.length << 3))
    for (const point of points) {
      commands.push(zigzag(point[0] - x), zigzag(point[1] - y))
      ;[x, y] = point
    }
  }
  switch (geometry.kind) {
    case 'points':
      command(MOVE_TO, geometry.points)
      break
    case 'lines':
      for (const line of geometry.lines) {
        command(MOVE_TO, line.slice(0, 1))
        command(LINE_TO, line.slice(1))
      }
      break
    case 'polygons':
      for (const ring of geometry.polygons.flatMap((rings) => rings.map((one, i) => turned(one, i === 0)))) {
        command(MOVE_TO, ring.slice(0, 1))
        command(LINE_TO, ring.slice(1, -1))
        commands.push(CLOSE_PATH | (1 << 3))
      }
      break
    default:
      geometry satisfies never
  }
  return commands
}

const zigzag = (delta: number): number => ((delta << 1) ^ (delta >> 31)) >>> 0

/** Outer rings go clockwise on the screen, holes the other way around. */
function turned(ring: readonly TilePoint[], clockwise: boolean): readonly TilePoint[] {
  let area = 0
  for (const [i, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[i + 1] ?? [x, y]
    area += x * nextY - nextX * y
  }
  return area > 0 === clockwise ? ring : ring.toReversed()
}
