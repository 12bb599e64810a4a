import type { GeoPoint } from './field.ts'

/** Extremes of a set of points, in degrees; longitudes east of Greenwich (0 included) and west of it apart. */
export interface Extremes {
  readonly top: number | null
  readonly bottom: number | null
  readonly eastFrom: number | null
  readonly eastTo: number | null
  readonly westFrom: number | null
  readonly westTo: number | null
}

/**
 * The box around points with these extremes, `null` without points. With `wrapLongitude` it crosses the date line where
 * that makes it narrower (InternalGeoBounds).
 */
export function boxOf(
  { top, bottom, eastFrom, eastTo, westFrom, westTo }: Extremes,
  wrapLongitude: boolean,
): { readonly topLeft: GeoPoint; readonly bottomRight: GeoPoint } | null {
  if (top === null || bottom === null) return null
  const box = (left: number, right: number) => ({ topLeft: { lat: top, lon: left }, bottomRight: { lat: bottom, lon: right } })
  if (westFrom === null || westTo === null) return box(eastFrom ?? 0, eastTo ?? 0)
  if (eastFrom === null || eastTo === null) return box(westFrom, westTo)
  const unwrapped = eastTo - westFrom
  const wrapped = 180 - eastFrom - (-180 - westTo)
  return wrapLongitude && wrapped < unwrapped ? box(eastFrom, westTo) : box(westFrom, eastTo)
}
