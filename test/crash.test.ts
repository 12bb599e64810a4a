import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCrashes } from './crash/run-crashes.ts'
import { type RunningElkhorn, startElkhorn } from './support/start-elkhorn.ts'

/** `npm run bench -- crash --points 100` kills more often, and tells how soon each is back. */
const POINTS = 20

test(
  `nothing acknowledged is lost or doubled over ${POINTS} kills of the process and its engine`,
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'elkhorn-crash-'))
    const started: RunningElkhorn[] = []
    const start = async (): Promise<RunningElkhorn> => {
      const elkhorn = await startElkhorn(join(folder, 'data'))
      started.push(elkhorn)
      return elkhorn
    }
    try {
      const { problems, points, acknowledgedChanges } = await runCrashes({ points: POINTS, seed: 'crash-1', start })
      expect(problems).toEqual([])
      expect(points).toHaveLength(POINTS)
      expect(acknowledgedChanges).toBeGreaterThan(1000)
    } finally {
      for (const elkhorn of started) elkhorn.kill('SIGKILL')
      await Promise.all(started.map(({ exit }) => exit))
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    }
  },
)
