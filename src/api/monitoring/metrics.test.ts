import { expect, test } from 'vitest'
import { printMetrics } from './metrics.ts'
import type { PipelineStats } from './pipeline-stats.ts'

const stats: PipelineStats = {
  id: 'a "b"\\',
  running: true,
  errors: [],
  workers: 1,
  batchSize: 1,
  batchDelayMs: 1,
  automaticReload: false,
  events: { in: 3, filtered: 2, out: 1, durationMs: 1500 },
  inputs: [{ id: 'in', name: 'tcp', in: 3, out: 3, failures: 0, durationMs: 0 }],
  filters: [],
  outputs: [],
  queue: { type: 'memory', events: 1, bytes: 10, maxBytes: 100, maxEvents: 100 },
  reloads: { successes: 0, failures: 2, lastSuccess: undefined, lastFailure: undefined, lastError: undefined },
}

test('families have their help and type once, labels are escaped, and what does not exist is left out', () => {
  const text = printMetrics([stats], '8.19.0')
  const line = /^(?:# (?:HELP|TYPE) .+|[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? \d+(?:\.\d+)?(?:e-?\d+)?)$/
  for (const one of text.trimEnd().split('\n')) expect(one).toMatch(line)
  expect(text).toContain(
    '# TYPE elkhorn_pipeline_events_in_total counter\nelkhorn_pipeline_events_in_total{pipeline="a \\"b\\"\\\\"} 3\n',
  )
  expect(text).toContain('elkhorn_pipeline_duration_seconds_total{pipeline="a \\"b\\"\\\\"} 1.5\n')
  expect(text).toContain('elkhorn_plugin_events_in_total{pipeline="a \\"b\\"\\\\",kind="input",plugin="tcp",id="in"} 3\n')
  expect(text).not.toContain('dead_letters')
  const names = text.match(/(?<=# TYPE )\S+/g) ?? []
  expect(new Set(names).size).toBe(names.length)
})
