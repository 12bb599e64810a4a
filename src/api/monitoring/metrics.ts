import type { PipelineStats, PluginStats } from './pipeline-stats.ts'

/** The media type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

type Labels = Readonly<Record<string, string>>

interface Family {
  readonly name: string
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[]
}

/** Counters of the process and its pipelines in Prometheus' text format. */
export function printMetrics(pipelines: readonly PipelineStats[], version: string): string {
  return [...processFamilies(version), ...pipelineFamilies(pipelines)].map(printFamily).join('')
}

function processFamilies(version: string): Family[] {
  const { heapUsed, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const one = (value: number, labels: Labels = {}) => [{ labels, value }]
  return [
    { name: 'elkhorn_info', kind: 'gauge', help: 'The version that runs.', samples: one(1, { version }) },
    {
      name: 'process_cpu_seconds_total',
      kind: 'counter',
      help: 'Processor time of the main process, in seconds.',
      samples: one((user + system) / 1e6),
    },
    { name: 'process_resident_memory_bytes', kind: 'gauge', help: 'Memory of the main process.', samples: one(rss) },
    { name: 'elkhorn_heap_used_bytes', kind: 'gauge', help: 'Heap that is in use.', samples: one(heapUsed) },
    { name: 'elkhorn_uptime_seconds', kind: 'gauge', help: 'Time since the start.', samples: one(process.uptime()) },
  ]
}

function pipelineFamilies(pipelines: readonly PipelineStats[]): Family[] {
  const each = (of: (stats: PipelineStats) => number | undefined) =>
    pipelines.flatMap((stats) => {
      const value = of(stats)
      return value === undefined ? [] : [{ labels: { pipeline: stats.id }, value }]
    })
  const plugins = (of: (stats: PluginStats) => number) =>
    pipelines.flatMap((stats) =>
      (['inputs', 'filters', 'outputs'] as const).flatMap((kind) =>
        stats[kind].map((plugin) => ({
          labels: { pipeline: stats.id, kind: kind.slice(0, -1), plugin: plugin.name, id: plugin.id },
          value: of(plugin),
        })),
      ),
    )
  return [
    {
      name: 'elkhorn_pipeline_up',
      kind: 'gauge',
      help: 'Whether a pipeline runs.',
      samples: each(({ running }) => (running ? 1 : 0)),
    },
    {
      name: 'elkhorn_pipeline_events_in_total',
      kind: 'counter',
      help: 'Events that inputs handed over.',
      samples: each(({ events }) => events.in),
    },
    {
      name: 'elkhorn_pipeline_events_filtered_total',
      kind: 'counter',
      help: 'Events that came out of the filters.',
      samples: each(({ events }) => events.filtered),
    },
    {
      name: 'elkhorn_pipeline_events_out_total',
      kind: 'counter',
      help: 'Events that outputs have written.',
      samples: each(({ events }) => events.out),
    },
    {
      name: 'elkhorn_pipeline_duration_seconds_total',
      kind: 'counter',
      help: 'Time that batches spent in filters and outputs.',
      samples: each(({ events }) => events.durationMs / 1000),
    },
    {
      name: 'elkhorn_pipeline_queue_events',
      kind: 'gauge',
      help: 'Events that wait.',
      samples: each(({ queue }) => queue.events),
    },
    {
      name: 'elkhorn_pipeline_queue_bytes',
      kind: 'gauge',
      help: 'Size of what waits.',
      samples: each(({ queue }) => queue.bytes),
    },
    {
      name: 'elkhorn_pipeline_dead_letters_total',
      kind: 'counter',
      help: 'Events that were kept as dead letters since the start.',
      samples: each(({ deadLetters }) => deadLetters?.kept),
    },
    {
      name: 'elkhorn_pipeline_dead_letter_bytes',
      kind: 'gauge',
      help: 'Size of the dead letters on disk.',
      samples: each(({ deadLetters }) => deadLetters?.bytes),
    },
    {
      name: 'elkhorn_pipeline_reload_failures_total',
      kind: 'counter',
      help: 'Changes of a pipeline that were refused.',
      samples: each(({ reloads }) => reloads.failures),
    },
    {
      name: 'elkhorn_plugin_events_in_total',
      kind: 'counter',
      help: 'Events that a plug-in was given.',
      samples: plugins((plugin) => plugin.in),
    },
    {
      name: 'elkhorn_plugin_events_out_total',
      kind: 'counter',
      help: 'Events that a plug-in passed on or wrote.',
      samples: plugins((plugin) => plugin.out),
    },
    {
      name: 'elkhorn_plugin_failures_total',
      kind: 'counter',
      help: 'Events whose handling failed.',
      samples: plugins((plugin) => plugin.failures),
    },
    {
      name: 'elkhorn_plugin_duration_seconds_total',
      kind: 'counter',
      help: 'Time that a plug-in took.',
      samples: plugins((plugin) => plugin.durationMs / 1000),
    },
  ]
}

function printFamily({ name, kind, help, samples }: Family): string {
  if (samples.length === 0) return ''
  const lines = samples.map(({ labels, value }) => {
    const written = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${name}${written.length === 0 ? '' : `{${written.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

const escapeLabel = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
