import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** What a test may take on a machine that is busy with other things: a bound against hanging, not a promise of speed. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } }

/** Unit tests stand beside the code and share workers; whole-process tests live in `test/` and run one file at a time. */
export default defineConfig({
  test: {
    globalSetup: ['test/build.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
          pool: 'threads',
          isolate: false,
          // Vitest would leave one core to itself: on two that is half of them.
          maxWorkers: availableParallelism(),
          ...patience,
        },
      },
      { test: { name: 'system', include: ['test/**/*.test.ts'], pool: 'forks', fileParallelism: false, ...patience } },
    ],
  },
})
