import type { Aggregation, AggregationResults, NamedAggregation } from '../aggregation.ts'
import type { FieldValue } from '../field.ts'

/** One part of a key of several: what makes its values, and whether documents without one have a bucket, under `null`. */
export interface KeyPart {
  readonly aggregation: Aggregation
  /** The field that is missing then. */
  readonly missing: string | undefined
}

/** A bucket of several keys, one for each part. */
export interface KeyTuple {
  readonly keys: readonly (FieldValue | null)[]
  readonly docCount: number
  readonly results: AggregationResults
}

const nameOf = (part: number): string => `key${part}`
const missingNameOf = (part: number): string => `missing${part}`

/** Keys of several parts as aggregations within each other, with `children` below the last part. */
export function nestParts(parts: readonly KeyPart[], children: readonly NamedAggregation[]): readonly NamedAggregation[] {
  return parts.reduceRight<readonly NamedAggregation[]>((below, { aggregation, missing }, part) => {
    const own: NamedAggregation[] = [{ name: nameOf(part), aggregation, children: below }]
    if (missing !== undefined)
      own.push({ name: missingNameOf(part), aggregation: { kind: 'missing', field: missing }, children: below })
    return own
  }, children)
}

/** The buckets at the bottom of nested parts. */
export function tuplesOf(parts: readonly KeyPart[], results: AggregationResults): readonly KeyTuple[] {
  const tuples: KeyTuple[] = []
  const walk = (part: number, level: AggregationResults, above: readonly (FieldValue | null)[]): void => {
    const visit = (key: FieldValue | null, docCount: number, below: AggregationResults): void => {
      if (docCount === 0) return
      const keys = [...above, key]
      if (part === parts.length - 1) tuples.push({ keys, docCount, results: below })
      else walk(part + 1, below, keys)
    }
    const found = level.get(nameOf(part))
    if (found?.kind === 'buckets') for (const { key, docCount, children } of found.buckets) visit(key, docCount, children)
    const missing = level.get(missingNameOf(part))
    if (missing?.kind === 'single') visit(null, missing.docCount, missing.children)
  }
  walk(0, results, [])
  return tuples
}

/** Numbers and times by size, texts by code point, addresses by their bytes; `null` before everything. */
export function compareKeys(a: FieldValue | null, b: FieldValue | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    const at = a.findIndex((byte, i) => byte !== b[i])
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
  }
  return a < b ? -1 : a > b ? 1 : 0
}
