import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A path of the material beside the repository (seed documents, conformance files), or `undefined` in a clone that stands
 * alone: tests that need it are then skipped, with a line.
 */
export function sharedPath(relative: string): string | undefined {
  for (const root of ['../shared', '../../shared']) {
    const path = join(new URL('..', import.meta.url).pathname, root, relative)
    if (existsSync(path)) return path
  }
  return undefined
}
