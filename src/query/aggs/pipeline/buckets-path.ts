import { illegalArgument } from '../../../core/errors.ts'
import { decimalFormat } from '../../decimal-format.ts'
import { listOf, oneOf, text } from '../../dsl/reading.ts'
import { metricAt, type ShapedBucket, type ShapedChildren, type ShapedMetric } from '../shaped.ts'

/** Members of every pipeline aggregation. */
export const pipelineMembers = {
  buckets_path: listOf(text),
  gap_policy: oneOf('skip', 'insert_zeros', 'keep_values'),
  format: text,
} as const

export type GapPolicy = 'skip' | 'insert_zeros' | 'keep_values'

export function onePath(paths: readonly string[] | undefined, owner: string): string {
  const [path] = paths ?? []
  if (path === undefined) throw illegalArgument(`Required [buckets_path] in [${owner}]`)
  if (paths !== undefined && paths.length > 1)
    throw illegalArgument(`[buckets_path] must contain a single entry for aggregation [${owner}]`)
  return path
}

/** The number of a bucket, `undefined` for a gap that shall be skipped. */
export function valueIn(bucket: ShapedBucket, path: string, gaps: GapPolicy): number | undefined {
  // The request has such an aggregation, or its binding had failed; a pipeline leaves buckets without a value.
  const value = metricAt(path, bucket) ?? NaN
  const isGap = Number.isNaN(value) || (bucket.docCount === 0 && path !== '_count' && gaps !== 'keep_values')
  if (!isGap) return value
  return gaps === 'insert_zeros' ? 0 : undefined
}

/** The numbers that a path leads to in each bucket of a sibling; gaps are skipped or count as 0. */
export function siblingValues(
  path: string,
  siblings: ShapedChildren,
  gaps: GapPolicy,
  owner: string,
): { readonly name: string; readonly value: number }[] {
  const [first = '', ...rest] = stepsOf(path, siblings)
  const sibling = siblings.get(first)
  if (!sibling) throw illegalArgument(`No aggregation found for path [${path}]`)
  if (sibling.kind === 'single') return siblingValues(rest.join('>'), sibling.children, gaps, owner)
  if (sibling.kind !== 'multi') {
    throw illegalArgument(
      `The first aggregation in [buckets_path] must be a multi-bucket aggregation for aggregation [${owner}] found: [${first}] instead`,
    )
  }
  const values: { name: string; value: number }[] = []
  for (const bucket of sibling.buckets) {
    const value = rest.length === 0 ? bucket.docCount : (metricAt(rest.join('>'), bucket) ?? NaN)
    // That there are no documents is a count as well, and no gap.
    const isCount = rest.length === 0 || rest.join('>') === '_count'
    if (!Number.isNaN(value) && !(bucket.docCount === 0 && !isCount && gaps === 'skip')) values.push({ name: bucket.name, value })
    else if (gaps === 'insert_zeros') values.push({ name: bucket.name, value: 0 })
  }
  return values
}

/** The names on a way. The first of them may end in a dot as well: `ranges.sum`. */
function stepsOf(path: string, siblings: ShapedChildren): readonly string[] {
  const steps = path.split('>').map((part) => part.trim())
  const [first = '', ...rest] = steps
  if (siblings.has(first)) return steps
  const owner = [...siblings.keys()].find((name) => first.startsWith(`${name}.`))
  return owner === undefined ? steps : [owner, first.slice(owner.length + 1), ...rest]
}

/** A single number as result, with its text where a format was asked for. */
export function simpleValue(
  value: number,
  format: string | undefined,
  more: Readonly<Record<string, number>> = {},
): ShapedMetric {
  const known = Number.isNaN(value) || !Number.isFinite(value) ? null : value
  const asText = format === undefined || known === null ? {} : { value_as_string: decimalFormat(format)(known) }
  return { kind: 'metric', json: { value: known, ...asText, ...more } }
}
