import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CRASH_PIPELINE, CRASH_PIPELINE_FILE, runIngestCrashes, type IngestTarget } from './crash/run-ingest-crashes.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** `npm run bench -- crash-ingest --points 100` kills more often, and counts what was delivered twice. */
const POINTS = 3

test.each([{ queue: 'memory' }, { queue: 'persisted' }])(
  `nothing that MQTT, Beats and HTTP were told is kept is lost over ${POINTS} kills: queue in $queue`,
  { timeout: 600_000 },
  async ({ queue }) => {
    const folder = await mkdtemp(join(tmpdir(), 'elkhorn-crash-'))
    const pipelines = join(folder, 'pipelines')
    await mkdir(pipelines)
    await writeFile(join(pipelines, CRASH_PIPELINE_FILE), CRASH_PIPELINE)
    const started: RunningElkhorn[] = []
    const start = async (): Promise<IngestTarget> => {
      const settings = ['--set', `pipelines.path=${pipelines}`, '--set', `queue.type=${queue}`]
      const elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', ...settings])
      started.push(elkhorn)
      return { ...elkhorn, user: 'elastic', password: PASSWORD }
    }
    try {
      const persisted = queue === 'persisted'
      const { problems, points } = await runIngestCrashes({ points: POINTS, seed: 'crash-ingest-1', persisted, start })
      expect(problems).toEqual([])
      expect(points).toHaveLength(POINTS)
      expect(points.at(-1)?.acknowledged).toBeGreaterThan(500)
    } finally {
      for (const elkhorn of started) elkhorn.kill('SIGKILL')
      await Promise.all(started.map(({ exit }) => exit))
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    }
  },
)
