import type { GeoPoint } from './field.ts'

const BASE_32 = '0123456789bcdefghjkmnpqrstuvwxyz'
/** Web Mercator ends here, where the map is a square. */
export const MERCATOR_LATITUDE = 85.051_128_779_806_59

/** The cell of a geohash grid, `precision` characters. */
export function geohashOf({ lat, lon }: GeoPoint, precision: number): string {
  const bounds = { lat: [-90, 90], lon: [-180, 180] } satisfies Record<string, [number, number]>
  let text = ''
  let even = true
  for (let i = 0; i < precision; i++) {
    let code = 0
    for (let bit = 0; bit < 5; bit++) {
      const range = even ? bounds.lon : bounds.lat
      const middle = ((range[0] ?? 0) + (range[1] ?? 0)) / 2
      const above = (even ? lon : lat) >= middle
      code = code * 2 + (above ? 1 : 0)
      range[above ? 0 : 1] = middle
      even = !even
    }
    text += BASE_32[code] ?? ''
  }
  return text
}

/** Column and row of a map tile, counted from the north-west. */
export function tileOf({ lat, lon }: GeoPoint, zoom: number): { readonly x: number; readonly y: number } {
  const tiles = 2 ** zoom
  const within = (value: number): number => Math.min(Math.max(Math.floor(value), 0), tiles - 1)
  const sine = Math.sin((Math.min(Math.max(lat, -MERCATOR_LATITUDE), MERCATOR_LATITUDE) * Math.PI) / 180)
  return {
    x: within(((lon + 180) / 360) * tiles),
    y: within((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * tiles),
  }
}

/** A cell of a grid; what lies on its northern or eastern edge belongs to the next one. */
export interface GridCell {
  readonly topLeft: GeoPoint
  readonly bottomRight: GeoPoint
}

/** `undefined` for what is no geohash. */
export function geohashCell(geohash: string): GridCell | undefined {
  const bounds = { lat: [-90, 90], lon: [-180, 180] } satisfies Record<string, [number, number]>
  let even = true
  for (const char of geohash.toLowerCase()) {
    const code = BASE_32.indexOf(char)
    if (code < 0) return undefined
    for (let bit = 4; bit >= 0; bit--) {
      const range = even ? bounds.lon : bounds.lat
      const middle = ((range[0] ?? 0) + (range[1] ?? 0)) / 2
      range[(code >> bit) & 1 ? 0 : 1] = middle
      even = !even
    }
  }
  const [[south, north], [west, east]] = [bounds.lat, bounds.lon]
  return geohash === '' ? undefined : { topLeft: { lat: north, lon: west }, bottomRight: { lat: south, lon: east } }
}

/** Of `zoom/x/y`; `undefined` for what is no tile. */
export function tileCell(tile: string): GridCell | undefined {
  const [zoom, x, y] = (/^(\d+)\/(\d+)\/(\d+)$/.exec(tile) ?? []).slice(1).map(Number)
  if (zoom === undefined || x === undefined || y === undefined || zoom > MAX_ZOOM) return undefined
  const tiles = 2 ** zoom
  if (x >= tiles || y >= tiles) return undefined
  const lat = (row: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / tiles))) * 180) / Math.PI
  const lon = (column: number): number => (column / tiles) * 360 - 180
  return { topLeft: { lat: lat(y), lon: lon(x) }, bottomRight: { lat: lat(y + 1), lon: lon(x + 1) } }
}

const MAX_ZOOM = 29
