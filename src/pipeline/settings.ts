import type { EcsCompatibility } from '../plugins/context.ts'

/** How one pipeline runs: the settings of `logstash.yml` and `pipelines.yml` that mean something here. */
export interface PipelineSettings {
  /** `pipeline.workers`: batches that are under way at once. One keeps events strictly in order. */
  readonly workers: number
  /** `pipeline.batch.size`, in events. */
  readonly batchSize: number
  /** `pipeline.batch.delay`: how long a batch that is not full waits for more. */
  readonly batchDelayMs: number
  readonly ecs: EcsCompatibility
  readonly queue: {
    readonly type: 'memory' | 'persisted'
    readonly maxEvents: number
    readonly maxBytes: number
    /** `queue.drain`: whether a stop waits until a persisted queue is empty. */
    readonly drain: boolean
  }
  readonly deadLetters: {
    readonly enabled: boolean
    readonly maxBytes: number
    readonly whenFull: 'drop_newer' | 'drop_older'
  }
  /** `config.support_escapes` */
  readonly supportEscapes: boolean
}

export const defaultPipelineSettings: PipelineSettings = {
  workers: 4,
  batchSize: 500,
  batchDelayMs: 5,
  ecs: 'v8',
  queue: { type: 'memory', maxEvents: 10_000, maxBytes: 64 * 1024 * 1024, drain: false },
  deadLetters: { enabled: true, maxBytes: 1024 * 1024 * 1024, whenFull: 'drop_newer' },
  supportEscapes: false,
}
