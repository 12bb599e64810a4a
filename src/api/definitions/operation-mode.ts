import type { ApiContext } from '../api-context.ts'

/** What can be told to stop and to go on. */
export type Operated = 'ilm' | 'slm' | 'watcher'

/**
 * Whether it was told to run. Nothing of it runs by itself yet, so it is stopped until somebody starts it: a client that
 * waits for its work should know.
 */
export function isRunning({ definitions }: ApiContext, what: Operated): boolean {
  return definitions.of('operation_mode').find(what)?.body['running'] === true
}

export async function setRunning({ definitions }: ApiContext, what: Operated, running: boolean): Promise<void> {
  await definitions.of('operation_mode').put(what, { running })
}
