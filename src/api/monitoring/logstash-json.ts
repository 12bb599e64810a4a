import type { NodeInfo, PipelineStats, PluginStats } from './pipeline-stats.ts'

/** Statistics of a pipeline, as `GET /_node/stats/pipelines` of Logstash prints them. */
export function printPipelineStats(stats: PipelineStats): unknown {
  const { events, queue, deadLetters, reloads } = stats
  const pushMs = Math.round(stats.inputs.reduce((sum, { durationMs }) => sum + durationMs, 0))
  return {
    events: {
      in: events.in,
      filtered: events.filtered,
      out: events.out,
      duration_in_millis: Math.round(events.durationMs),
      queue_push_duration_in_millis: pushMs,
    },
    plugins: {
      inputs: stats.inputs.map(({ id, name, out, durationMs }) => ({
        id,
        name,
        events: { out, queue_push_duration_in_millis: Math.round(durationMs) },
      })),
      codecs: [],
      filters: stats.filters.map(printPlugin),
      outputs: stats.outputs.map(printPlugin),
    },
    reloads: {
      successes: reloads.successes,
      failures: reloads.failures,
      last_success_timestamp: time(reloads.lastSuccess),
      last_failure_timestamp: time(reloads.lastFailure),
      last_error: reloads.lastError === undefined ? null : { message: reloads.lastError },
    },
    queue: {
      type: queue.type,
      events_count: queue.events,
      events: queue.events,
      queue_size_in_bytes: queue.bytes,
      max_queue_size_in_bytes: queue.maxBytes,
      ...(queue.type === 'persisted' && {
        capacity: {
          queue_size_in_bytes: queue.bytes,
          max_queue_size_in_bytes: queue.maxBytes,
          max_unread_events: Number.isFinite(queue.maxEvents) ? queue.maxEvents : 0,
        },
      }),
    },
    ...(deadLetters !== undefined && { dead_letter_queue: printDeadLetters(deadLetters) }),
    ...(!stats.running && { state: 'failed', errors: stats.errors }),
  }
}

export function printDeadLetters({ kept, dropped, bytes, maxBytes, policy }: NonNullable<PipelineStats['deadLetters']>): unknown {
  return {
    queue_size_in_bytes: bytes,
    max_queue_size_in_bytes: maxBytes,
    storage_policy: policy,
    kept_events: kept,
    dropped_events: dropped,
    expired_events: 0,
    last_error: dropped > 0 ? 'the dead letter queue is full' : 'no errors',
  }
}

function printPlugin({ id, name, in: taken, out, failures, durationMs }: PluginStats): unknown {
  return { id, name, events: { in: taken, out, duration_in_millis: Math.round(durationMs) }, failures }
}

/** How a pipeline is set, as `GET /_node/pipelines` prints it. */
export function printPipelineSettings({
  workers,
  batchSize,
  batchDelayMs,
  automaticReload,
  deadLetters,
}: PipelineStats): unknown {
  return {
    workers,
    batch_size: batchSize,
    batch_delay: batchDelayMs,
    config_reload_automatic: automaticReload,
    config_reload_interval: 3_000_000_000,
    dead_letter_queue_enabled: deadLetters !== undefined,
  }
}

/** What every answer of the monitoring API begins with. */
export function printHead(
  { id, name, version, address }: NodeInfo,
  hostname: string,
  pipelines: readonly PipelineStats[],
): object {
  const [main] = pipelines
  return {
    host: hostname,
    version,
    http_address: address(),
    id,
    name,
    ephemeral_id: id,
    status: pipelines.every(({ running }) => running) ? 'green' : 'yellow',
    snapshot: false,
    pipeline: {
      workers: main?.workers ?? 0,
      batch_size: main?.batchSize ?? 0,
      batch_delay: main?.batchDelayMs ?? 0,
    },
  }
}

/** Sums over all pipelines. */
export function sumEvents(pipelines: readonly PipelineStats[]): object {
  const sum = (of: (stats: PipelineStats) => number): number => Math.round(pipelines.reduce((total, one) => total + of(one), 0))
  return {
    in: sum(({ events }) => events.in),
    filtered: sum(({ events }) => events.filtered),
    out: sum(({ events }) => events.out),
    duration_in_millis: sum(({ events }) => events.durationMs),
    queue_push_duration_in_millis: sum(({ inputs }) => inputs.reduce((total, { durationMs }) => total + durationMs, 0)),
  }
}

function time(millis: number | undefined): string | null {
  return millis === undefined ? null : new Date(millis).toISOString()
}
