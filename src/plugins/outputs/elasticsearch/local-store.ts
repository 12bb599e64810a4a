import type { Platform } from '../../context.ts'
import type { Store } from './store.ts'

/**
 * The store of this program. Whoever may put files into the folder of pipelines may write to it: the user that a file names
 * is one of another cluster.
 */
export function localStore(platform: Platform): Store {
  return {
    name: 'the local store',
    connect: () => Promise.resolve(),
    setUp: (setup) => platform.setUpStore?.(setup) ?? Promise.resolve([]),
    write: (operations) => platform.write(operations),
    close: () => Promise.resolve(),
  }
}
