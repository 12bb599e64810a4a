import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often the process looks at what it used, and up to which share of a core it counts as resting. */
const LOOK_EVERY_MS = 2_000
const RESTING_SHARE = 0.05
/** Less work than this, in CPU milliseconds, leaves too little behind to look for. */
const WORTH_COLLECTING_MS = 300
/** Looks at rest after which to collect. V8 shrinks the young generation when little was allocated for five seconds, at the second time. */
const COLLECTIONS: readonly number[] = [3, 4]

/**
 * Gives memory back once work is done. V8 keeps the young generation that the work needed (32 MB of it by a mere start),
 * and garbage with its buffers, until it collects everything; a process that rests allocates too little to get there.
 *
 * @returns ends it
 */
export function giveMemoryBackAtRest(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let last = process.cpuUsage()
  let workedMs = Infinity // the start
  let looksAtRest = 0
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(last)
    const usedMs = (user + system) / 1000
    workedMs += usedMs
    looksAtRest = usedMs > RESTING_SHARE * LOOK_EVERY_MS ? 0 : looksAtRest + 1
    if (workedMs >= WORTH_COLLECTING_MS && COLLECTIONS.includes(looksAtRest)) {
      collect()
      if (looksAtRest === COLLECTIONS.at(-1)) workedMs = 0
    }
    last = process.cpuUsage()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
