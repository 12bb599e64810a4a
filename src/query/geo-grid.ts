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
