import { readdir } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { heapStats } from './heap.ts'

/** The process, in the words that Logstash has for its virtual machine. */
export async function processStats(
  startedAt: number,
  now: number,
): Promise<{ readonly jvm: object; readonly process: object; readonly os: object }> {
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  const { descriptors, cpu, mem } = await processUsage()
  return {
    jvm: { threads: { count: 1, peak_count: 1 }, ...heapStats(), uptime_in_millis: now - startedAt },
    process: {
      open_file_descriptors: descriptors,
      peak_open_file_descriptors: descriptors,
      max_file_descriptors: -1,
      mem,
      cpu: { ...cpu, load_average: { '1m': one, '5m': five, '15m': fifteen } },
    },
    os: { available_processors: availableParallelism() },
  }
}

/** What the process has open (-1 where the system does not tell), and what it took of processors, on average, and of memory. */
export async function processUsage(): Promise<{
  readonly descriptors: number
  readonly cpu: { readonly total_in_millis: number; readonly percent: number }
  readonly mem: { readonly total_virtual_in_bytes: number }
}> {
  const { user, system } = process.cpuUsage()
  const cpuMs = Math.round((user + system) / 1000)
  const uptimeMs = Math.max(1, Math.round(process.uptime() * 1000))
  const descriptors = await readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => -1,
  )
  return {
    descriptors,
    cpu: { total_in_millis: cpuMs, percent: Math.round((cpuMs / uptimeMs) * 100) },
    mem: { total_virtual_in_bytes: process.memoryUsage().rss },
  }
}
