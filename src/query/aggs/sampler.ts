import { illegalArgument } from '../../core/errors.ts'
import { matchNone } from '../ast.ts'
import { int, readObject, text } from '../dsl/reading.ts'
import type { AggregationResult } from '../aggregation.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

const DEFAULT_SIZE = 100

/** One bucket of the documents with the best scores. */
export const sampler: AggregationDefinition = {
  name: 'sampler',
  holdsOthers: true,
  parse(json, at) {
    const size = sampleSize(readObject(json, at, { shard_size: int }, 'object').shard_size)
    return { bind: () => ({ aggregation: { kind: 'sampler', size }, typedKey: 'sampler', shape: shapeSingle }) }
  },
}

/** As `sampler`, with only a few documents of each value of a field. */
export const diversifiedSampler: AggregationDefinition = {
  name: 'diversified_sampler',
  holdsOthers: true,
  parse(json, at) {
    const members = { ...sourceMembers, shard_size: int, max_docs_per_value: int, execution_hint: text }
    const read = readObject(json, at, members, 'object')
    const size = sampleSize(read.shard_size)
    const maxPerValue = read.max_docs_per_value ?? 1
    if (maxPerValue < 0)
      throw illegalArgument(
        `[maxDocsPerValue] must be greater than or equal to 0. Found [${maxPerValue}] in [diversified_sampler]`,
      )
    const request = readSource(read, 'diversified_sampler')
    return {
      bind(context) {
        const { source, field } = bindSource(request, 'diversified_sampler', 'terms', context)
        // Of a field that nobody mapped no document is one of the sample, and nothing is shown within.
        if (field === undefined && request.missing === undefined && request.script === undefined) {
          const aggregation = { kind: 'filter', query: context.indices.map(() => matchNone) } as const
          return { aggregation, typedKey: 'unmapped_sampler', shape: () => UNMAPPED }
        }
        const aggregation = { kind: 'sampler', size, diverse: { source, maxPerValue } } as const
        return { aggregation, typedKey: 'sampler', shape: shapeSingle }
      },
    }
  },
}

function sampleSize(size: number | undefined): number {
  if (size !== undefined && size < 0)
    throw illegalArgument(`[shardSize] must be greater than or equal to 0. Found [${size}] in [sampler]`)
  return size ?? DEFAULT_SIZE
}

function shapeSingle(result: AggregationResult): Skeleton {
  return result.kind === 'single'
    ? { kind: 'single', docCount: result.docCount, results: result.children }
    : { kind: 'single', docCount: 0, results: undefined }
}

const UNMAPPED = { kind: 'metric', exact: true, json: { doc_count: 0 } } as const satisfies Skeleton
