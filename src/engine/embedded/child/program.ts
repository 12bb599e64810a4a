import { fileURLToPath } from 'node:url'

/**
 * Path of the child's program. Node 20 runs JavaScript only, so a run from the sources (tests) uses the one that was built
 * into `dist/`; `test/build.ts` builds it before the tests.
 */
export function childProgram(): string {
  const here = import.meta.url
  return fileURLToPath(new URL(here.endsWith('.ts') ? '../../../../dist/engine/embedded/child/main.js' : './main.js', here))
}
