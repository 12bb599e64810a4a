/** What the monitoring API tells of pipelines. Times are in milliseconds, sizes in bytes. */
export interface PipelineStats {
  readonly id: string
  readonly running: boolean
  /** Why it does not run. */
  readonly errors: readonly string[]
  readonly workers: number
  readonly batchSize: number
  readonly batchDelayMs: number
  readonly automaticReload: boolean
  readonly events: { readonly in: number; readonly filtered: number; readonly out: number; readonly durationMs: number }
  readonly inputs: readonly PluginStats[]
  readonly filters: readonly PluginStats[]
  readonly outputs: readonly PluginStats[]
  readonly queue: {
    readonly type: 'memory' | 'persisted'
    readonly events: number
    readonly bytes: number
    readonly maxBytes: number
    readonly maxEvents: number
  }
  /** Absent where they are switched off. */
  readonly deadLetters?: {
    readonly kept: number
    readonly dropped: number
    readonly bytes: number
    readonly maxBytes: number
    readonly policy: string
  }
  readonly reloads: {
    readonly successes: number
    readonly failures: number
    readonly lastSuccess: number | undefined
    readonly lastFailure: number | undefined
    readonly lastError: string | undefined
  }
}

export interface PluginStats {
  readonly id: string
  readonly name: string
  readonly in: number
  readonly out: number
  readonly failures: number
  /** Of inputs: the time that they waited for the queue. */
  readonly durationMs: number
}

/** Pipelines as the APIs see and change them. */
export interface PipelineControl {
  list(): readonly PipelineStats[]
  /** Names of plug-ins that there are: `filter/grok`. */
  plugins(): readonly string[]
  /** Looks at the files of pipelines now. */
  reload(): Promise<void>
  /** Sends the dead letters of a pipeline to their outputs once more. @throws ElkhornError 404 when it does not run */
  replayDeadLetters(id: string): Promise<{ readonly replayed: number }>
}

/** The process, as both ports tell of it. */
export interface NodeInfo {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly startedAt: number
  /** Address of the monitoring API. */
  readonly address: () => string
}
