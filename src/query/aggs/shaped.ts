import type { JsonObject } from '../../core/json.ts'
import type { DistinctSketch } from '../distinct-sketch.ts'
import type { FieldValue } from '../field.ts'
import type { SampledQuantiles, ValueSample } from '../value-sample.ts'

/**
 * A result on its way to JSON. Pipeline aggregations read and change it, so buckets stay lists, and names their own,
 * until all of it is done.
 */
export type Shaped = ShapedMetric | ShapedSingle | ShapedMulti

export interface ShapedMetric {
  readonly kind: 'metric'
  readonly json: JsonObject
  /** What the same metric of several buckets together is made of. */
  readonly mergeable?: Mergeable
  /** Its numbers are printed as they are; those of other metrics are doubles. */
  readonly exact?: true
}

export type Mergeable =
  | { readonly kind: 'cardinality'; readonly sketch: DistinctSketch | undefined }
  | {
      readonly kind: 'percentiles'
      readonly sample: ValueSample | undefined
      /** Percentiles of several buckets, written as those of each are. */
      write(of: SampledQuantiles): ShapedMetric
    }

export interface ShapedSingle {
  readonly kind: 'single'
  readonly json?: JsonObject
  readonly docCount: number
  readonly children: ShapedChildren
}

export interface ShapedMulti {
  readonly kind: 'multi'
  readonly json: JsonObject
  readonly keyed: boolean
  buckets: readonly ShapedBucket[]
}

export interface ShapedBucket {
  readonly key: FieldValue
  readonly name: string
  readonly json: JsonObject
  readonly docCount: number
  readonly children: ShapedChildren
}

/** By the names of the request, in its order; pipeline aggregations add theirs. */
export type ShapedChildren = Map<string, Shaped>

/**
 * The number that a path within a bucket leads to: `_count`, `_key`, `avg_temp`, `stats.max`, `outer>inner.50`. `NaN`
 * where the way ends in nothing, `undefined` where there is no such way.
 */
export function metricAt(
  path: string,
  bucket: { readonly docCount: number; readonly key?: FieldValue; readonly children: ShapedChildren },
): number | undefined {
  if (path === '_count') return bucket.docCount
  if (path === '_key') return Number(bucket.key)
  const [first = '', ...rest] = path.split('>')
  if (rest.length > 0) {
    const child = bucket.children.get(first.trim())
    if (child?.kind === 'single') return metricAt(rest.join('>').trim(), child)
    // A path may name one bucket of several: `terms['key']>metric`.
    const named = /^(.+)\[\s*'([^']*)'\s*\]$/.exec(first.trim())
    const multi = named ? bucket.children.get(named[1] ?? '') : undefined
    const one =
      multi?.kind === 'multi'
        ? multi.buckets.find((candidate) => candidate.name === named?.[2] || String(candidate.key) === named?.[2])
        : undefined
    return one && metricAt(rest.join('>').trim(), one)
  }
  return ownMetric(path.trim(), bucket.children)
}

/** What a path through single buckets leads to, if it can be put together with that of other buckets. */
export function mergeableAt(path: string, children: ShapedChildren): Mergeable | undefined {
  const [first = '', ...rest] = path.split('>')
  const found = children.get(first.trim())
  if (rest.length > 0) return found?.kind === 'single' ? mergeableAt(rest.join('>'), found.children) : undefined
  return found?.kind === 'metric' ? found.mergeable : undefined
}

function ownMetric(path: string, children: ShapedChildren): number | undefined {
  const whole = children.get(path)
  if (whole) return whole.kind === 'metric' ? numberOf(whole.json['value']) : whole.kind === 'single' ? whole.docCount : undefined
  const parts = /^(.+?)(?:\.|\[)([^\]]+)\]?$/.exec(path)
  const member = parts?.[2]?.replaceAll("'", '').replaceAll('"', '')
  // Names may hold dots themselves: take the longest that there is.
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const found = valueOf(children.get(path.slice(0, dot)), path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return member === undefined ? undefined : valueOf(children.get(parts?.[1] ?? ''), member)
}

function valueOf(shaped: Shaped | undefined, member: string): number | undefined {
  if (shaped?.kind === 'single') return member === '_count' ? shaped.docCount : undefined
  if (shaped?.kind === 'multi') return member === '_bucket_count' ? shaped.buckets.length : undefined
  if (shaped?.kind !== 'metric') return undefined
  if (Object.hasOwn(shaped.json, member)) return numberOf(shaped.json[member])
  const values = shaped.json['values']
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined
  const table = values as JsonObject
  const key = Object.keys(table).find((candidate) => candidate === member || Number(candidate) === Number(member))
  return key === undefined ? undefined : numberOf(table[key])
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : NaN
}
