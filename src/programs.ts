import type { Programs } from './cli/command.ts'

/** What the command line may start: each is loaded when it is asked for, so that `elkhorn status` loads no engine. */
export const programs: Programs = {
  start: async (options) => (await import('./main.ts')).start(options),
  lintPipelines: async (paths, options) => (await import('./compose/pipeline-tools.ts')).lintPipelines(paths, options),
  testPipeline: async (paths, options) => (await import('./compose/pipeline-tools.ts')).testPipeline(paths, options),
}
