import type { Environment, LookUp } from './environment.ts'
import { isOpenToOthers, loadSecrets, type Secrets } from './keystore.ts'

/** What `${NAME}` stands for: a secret of the keystore, or else a variable of the environment. */
export interface Variables {
  readonly lookUp: LookUp
  /** Reads the keystore again: pipelines that are loaded anew see what was added. @throws ConfigError, and keeps what it had */
  refresh(): Promise<void>
  /** What is odd about the keystore, one line each. */
  readonly notes: readonly string[]
}

/** @throws ConfigError when there is a keystore that cannot be opened */
export async function openVariables(keystore: string, environment: Environment): Promise<Variables> {
  let secrets: Secrets | undefined = await loadSecrets(keystore, environment)
  const isOpen = secrets !== undefined && (await isOpenToOthers(keystore))
  return {
    lookUp: (name) => secrets?.get(name.toLowerCase()) ?? environment[name],
    async refresh() {
      secrets = await loadSecrets(keystore, environment)
    },
    notes: isOpen ? [`${keystore}: others may read the keystore; chmod 600 keeps them out`] : [],
  }
}
