/** What a plug-in did so far. Times are of work on this thread and of waiting, in milliseconds. */
export interface PluginMetrics {
  readonly id: string
  readonly name: string
  in: number
  out: number
  /** Events whose handling failed: an exception, a tag of failure, a refusal by the destination. */
  failures: number
  durationMs: number
}

export function createMetrics(id: string, name: string): PluginMetrics {
  return { id, name, in: 0, out: 0, failures: 0, durationMs: 0 }
}
