import { readdir } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'

/** The process, in the words that Logstash has for its virtual machine: the heap is that of the runtime. */
export async function processStats(
  startedAt: number,
  now: number,
): Promise<{ readonly jvm: object; readonly process: object; readonly os: object }> {
  const { heapUsed, heapTotal, rss, external } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const cpuMs = Math.round((user + system) / 1000)
  const uptimeMs = Math.max(1, Math.round(process.uptime() * 1000))
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  const descriptors = await readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => -1,
  )
  return {
    jvm: {
      threads: { count: 1, peak_count: 1 },
      mem: {
        heap_used_percent: Math.round((heapUsed / heapTotal) * 100),
        heap_committed_in_bytes: heapTotal,
        heap_max_in_bytes: heapTotal,
        heap_used_in_bytes: heapUsed,
        non_heap_used_in_bytes: external,
        non_heap_committed_in_bytes: rss - heapTotal,
      },
      gc: { collectors: {} },
      uptime_in_millis: now - startedAt,
    },
    process: {
      open_file_descriptors: descriptors,
      peak_open_file_descriptors: descriptors,
      max_file_descriptors: -1,
      mem: { total_virtual_in_bytes: rss },
      cpu: {
        total_in_millis: cpuMs,
        percent: Math.round((cpuMs / uptimeMs) * 100),
        load_average: { '1m': one, '5m': five, '15m': fifteen },
      },
    },
    os: { available_processors: availableParallelism() },
  }
}
