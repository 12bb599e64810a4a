import { illegalArgument } from '../../core/errors.ts'
import { isMap } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

/** IUGG mean radius. */
const EARTH_METERS = 6_371_008.8
const UNIT_METERS: Readonly<Record<string, number>> = {
  mm: 0.001,
  cm: 0.01,
  m: 1,
  km: 1000,
  mi: 1609.344,
  yd: 0.9144,
  ft: 0.3048,
  in: 0.0254,
  nmi: 1852,
  nm: 1852,
}
const MIN_SIDES = 4
const MAX_SIDES = 1000

export const circle = defineProcessor({
  name: 'circle',
  summary: 'Turns a circle into a polygon that is nearly one.',
  create(config) {
    const field = config.text('field')
    const target = config.text('target_field', field)
    const ignoreMissing = config.flag('ignore_missing', false)
    const errorDistance = config.number('error_distance')
    const shape = config.choice('shape_type', ['geo_shape', 'shape'], 'geo_shape')
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      const value = document.get(field)
      const { x, y, radius } = readCircle(value, field)
      const sides = sidesOf(errorDistance, radius)
      const ring = Array.from({ length: sides + 1 }, (_, at) => {
        const angle = ((at % sides) / sides) * 2 * Math.PI
        return shape === 'shape' ? [x + radius * Math.cos(angle), y + radius * Math.sin(angle)] : around(x, y, radius, angle)
      })
      const made =
        typeof value === 'string'
          ? `POLYGON ((${ring.map((point) => point.join(' ')).join(', ')}))`
          : { type: 'Polygon', coordinates: [ring] }
      document.set(target, made)
    }
  },
})

/** Enough that no side is further from the circle than the error. */
function sidesOf(error: number, radius: number): number {
  const sides = Math.ceil((2 * Math.PI) / Math.acos(1 - error / radius))
  return Math.min(MAX_SIDES, Math.max(MIN_SIDES, Number.isFinite(sides) ? sides : MIN_SIDES))
}

function around(lon: number, lat: number, meters: number, angle: number): [number, number] {
  const [north, east] = [Math.sin(angle) * meters, Math.cos(angle) * meters]
  const newLat = lat + (north / EARTH_METERS) * (180 / Math.PI)
  return [lon + ((east / EARTH_METERS) * (180 / Math.PI)) / Math.cos((lat * Math.PI) / 180), newLat]
}

function readCircle(value: unknown, field: string): { x: number; y: number; radius: number } {
  if (typeof value === 'string') {
    const match = /^\s*CIRCLE\s*\(\s*([-+.\deE]+)\s+([-+.\deE]+)\s+([-+.\deE]+)\s*\)\s*$/i.exec(value)
    if (match) return { x: Number(match[1]), y: Number(match[2]), radius: Number(match[3]) }
  } else if (isMap(value) && String(value['type']).toLowerCase() === 'circle' && Array.isArray(value['coordinates'])) {
    const [x, y] = value['coordinates'].map(Number)
    const size = /^([\d.]+)\s*([a-z]*)$/i.exec(String(value['radius']))
    const meters = UNIT_METERS[size?.[2] === '' ? 'm' : (size?.[2] ?? '')]
    if (x !== undefined && y !== undefined && size && meters !== undefined) return { x, y, radius: Number(size[1]) * meters }
  }
  throw illegalArgument(`invalid circle definition in field [${field}]`)
}
