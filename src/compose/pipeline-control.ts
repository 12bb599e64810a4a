import type { PipelineControl, PipelineStats } from '../api/monitoring/pipeline-stats.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Pipelines, PipelineState } from '../pipeline/pipelines.ts'
import { pluginTables } from '../plugins/tables.ts'

/** @param find the pipelines; `undefined` while the program starts */
export function createPipelineControl(find: () => Pipelines | undefined, automaticReload: boolean): PipelineControl {
  return {
    list: () => [...(find()?.states.values() ?? [])].map((state) => statsOf(state, automaticReload)),
    plugins: () =>
      (['inputs', 'filters', 'outputs', 'codecs'] as const).flatMap((kind) =>
        pluginTables[kind].map(({ name }) => `${kind.slice(0, -1)}/${name}`),
      ),
    reload: async () => find()?.reload(),
    async replayDeadLetters(id) {
      const state = find()?.states.get(id)
      if (state?.state !== 'running')
        throw new ElkhornError('resource_not_found_exception', 404, `the pipeline [${id}] does not run`)
      return state.pipeline.replayDeadLetters()
    },
  }
}

function statsOf(state: PipelineState, automaticReload: boolean): PipelineStats {
  if (state.state === 'failed') return { ...nothing, id: state.id, errors: state.errors, automaticReload, reloads: state.reloads }
  const { pipeline } = state
  const { settings, deadLetters } = pipeline
  return {
    id: state.id,
    running: true,
    errors: [],
    workers: settings.workers,
    batchSize: settings.batchSize,
    batchDelayMs: settings.batchDelayMs,
    automaticReload,
    events: pipeline.counts,
    ...pipeline.plugins,
    queue: {
      type: settings.queue.type,
      ...pipeline.queue,
      maxBytes: settings.queue.maxBytes,
      maxEvents: settings.queue.maxEvents,
    },
    ...(deadLetters !== undefined && {
      deadLetters: { ...deadLetters, maxBytes: settings.deadLetters.maxBytes, policy: settings.deadLetters.whenFull },
    }),
    reloads: state.reloads,
  }
}

const nothing = {
  running: false,
  workers: 0,
  batchSize: 0,
  batchDelayMs: 0,
  events: { in: 0, filtered: 0, out: 0, durationMs: 0 },
  inputs: [],
  filters: [],
  outputs: [],
  queue: { type: 'memory', events: 0, bytes: 0, maxBytes: 0, maxEvents: 0 },
} as const
