/** A second signal within this time is the same one, sent on by a parent as well as by the terminal. */
const SAME_SIGNAL_MILLIS = 1000
const DAY_MILLIS = 86_400_000

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, and keeps the process alive until then. A later one ends the process at
 * once: somebody lost patience with an orderly stop.
 */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, DAY_MILLIS)
    let first: number | undefined
    const onSignal = (signal: NodeJS.Signals): void => {
      const now = performance.now()
      if (first === undefined) {
        first = now
        clearInterval(alive)
        resolve(signal)
      } else if (now - first > SAME_SIGNAL_MILLIS) {
        process.exit(130)
      }
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  })
}
