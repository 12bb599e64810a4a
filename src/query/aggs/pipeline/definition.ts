import type { JsonValue } from '../../../core/json.ts'
import type { Member } from '../../dsl/reading.ts'
import type { AggregationContext } from '../definition.ts'
import type { Mergeable, ShapedBucket, ShapedChildren, ShapedMetric } from '../shaped.ts'

/** An aggregation over the results of others: never seen by an engine, run here once they are all there. */
export interface PipelineDefinition {
  /** As requests name it. */
  readonly name: string
  /** @throws ElkhornError (400) */
  parse(json: JsonValue, at: Member, name: string): ParsedPipeline
}

export type ParsedPipeline =
  /** Stands beside what it sums up (`max_bucket`). */
  | {
      readonly placement: 'sibling'
      readonly typedKey: string
      readonly paths: readonly string[]
      run(siblings: ShapedChildren): ShapedMetric
    }
  /** Stands within the buckets of a histogram or terms and looks along them (`derivative`). */
  | {
      readonly placement: 'parent'
      /** Absent: that of what it merges. */
      readonly typedKey?: string
      /** What it reads, within a bucket. */
      readonly paths: readonly string[]
      readonly run: RunAlong
      /** What there must be at the path: of several buckets it is put together. */
      readonly merges?: Mergeable['kind']
    }
  /** The same with a script, which the searched indices give. */
  | {
      readonly placement: 'parent'
      readonly typedKey: string
      readonly paths: readonly string[]
      /** @throws ElkhornError `script_exception` (400) */
      bind(context: AggregationContext): RunAlong
    }

/** Changes buckets in place or answers others. */
export type RunAlong = (name: string, buckets: readonly ShapedBucket[]) => readonly ShapedBucket[]
