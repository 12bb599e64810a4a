import { defineConfig } from 'vitest/config'

/** Unit tests stand beside the code and share workers; whole-process tests live in `test/` and run one file at a time. */
export default defineConfig({
  test: {
    globalSetup: ['test/build.ts'],
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'], pool: 'threads', isolate: false } },
      { test: { name: 'system', include: ['test/**/*.test.ts'], pool: 'forks', fileParallelism: false, testTimeout: 60_000 } },
    ],
  },
})
