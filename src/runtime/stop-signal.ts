/** A second signal within this time is the same one, sent on by a parent as well as by the terminal. */
const SAME_SIGNAL_MILLIS = 2000
const DAY_MILLIS = 86_400_000

export interface StopSignal {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP, and keeps the process alive until then. */
  readonly received: Promise<NodeJS.Signals>
  /** Nobody waits for it any more: the process may end. */
  release(): void
}

/** A later signal ends the process at once: somebody lost patience with an orderly stop. */
export function listenForStopSignal(): StopSignal {
  const alive = setInterval(() => undefined, DAY_MILLIS)
  const received = new Promise<NodeJS.Signals>((resolve) => {
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
  return { received, release: () => clearInterval(alive) }
}
