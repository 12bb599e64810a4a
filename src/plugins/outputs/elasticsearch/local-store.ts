import type { IndexAccess } from '../../../core/access.ts'
import type { Platform } from '../../context.ts'
import type { ElasticsearchConfig } from './config.ts'
import type { Store } from './store.ts'

/** The store of this program. A user that is named logs in as anywhere else, and may only do what its roles say. */
export function localStore(config: ElasticsearchConfig, platform: Platform): Store {
  let access: IndexAccess | undefined
  return {
    name: 'the local store',
    async connect() {
      const { user, password, api_key: apiKey } = config
      if (platform.authenticateUser === undefined) return
      if (apiKey !== undefined) access = await platform.authenticateUser({ apiKey })
      else if (user !== undefined && user !== '')
        access = await platform.authenticateUser({ username: user, password: password ?? '' })
    },
    write: (operations) => platform.write(operations, access),
    close: () => Promise.resolve(),
  }
}
