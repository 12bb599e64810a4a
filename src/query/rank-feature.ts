import type { FieldValue } from './field.ts'

/** How the value of a feature becomes a score. */
export type RankFunction =
  /** `value / (value + pivot)`; without a pivot that of the index is taken: see `decodeFeature`. */
  | { readonly kind: 'saturation'; readonly pivot?: number }
  /** `ln(scalingFactor + value)` */
  | { readonly kind: 'log'; readonly scalingFactor: number }
  /** `value^exponent / (value^exponent + pivot^exponent)` */
  | { readonly kind: 'sigmoid'; readonly pivot: number; readonly exponent: number }
  | { readonly kind: 'linear' }

/** The least value of a feature: below it the numbers of 32 bits lose digits. */
export const LEAST_FEATURE = 1.175_494_35e-38

/**
 * A feature as Lucene keeps it (FeatureField): the first 17 bits of a number of 32 bits, in the place of how often a term
 * stands in a document. Its mean over documents, decoded, is near the geometric mean of the values, and the usual pivot.
 */
export function encodeFeature(value: number): number {
  view.setFloat32(0, value)
  return view.getUint32(0) >>> 15
}

export function decodeFeature(encoded: number): number {
  view.setUint32(0, encoded << 15)
  return view.getFloat32(0)
}

const view = new DataView(new ArrayBuffer(4))

/** What stands between the name and the value of a feature of a `rank_features` field, whose values are such texts. */
const SEPARATOR = '\u0000'

export const featurePrefix = (feature: string): string => feature + SEPARATOR
export const printFeature = (feature: string, value: number): string => featurePrefix(feature) + value

/** The value of a feature among those of a field; `feature` is absent where the field has one value, a number. */
export function featureOf(values: readonly FieldValue[], feature: string | undefined): number | undefined {
  if (feature === undefined) return values[0] === undefined ? undefined : Number(values[0])
  const prefix = featurePrefix(feature)
  const found = values.find((value) => typeof value === 'string' && value.startsWith(prefix))
  return found === undefined ? undefined : Number(String(found).slice(prefix.length))
}
