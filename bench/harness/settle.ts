import type { ProcessTree } from './processes.ts'

const QUIET_SECONDS = 3
const QUIET_CPU_SECONDS = 0.1
const LIMIT_SECONDS = 120

/** Waits until background work (merges, flushes) is over: three seconds in a row with next to no CPU time. */
export async function settle(processes: ProcessTree): Promise<void> {
  let quiet = 0
  let last = processes.cpuSeconds()
  for (let second = 0; quiet < QUIET_SECONDS && second < LIMIT_SECONDS; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = processes.cpuSeconds()
    quiet = now - last < QUIET_CPU_SECONDS ? quiet + 1 : 0
    last = now
  }
}
