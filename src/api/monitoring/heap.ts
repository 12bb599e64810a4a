import { constants, PerformanceObserver, type NodeGCPerformanceDetail } from 'node:perf_hooks'
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'
import type { JsonObject } from '../../core/json.ts'

/*
 * V8's heap in the words that Elasticsearch and Logstash have for Java's, which is what monitors of clusters read: `young` is
 * where objects begin, `old` all else. What survives moves within `young`, so there is no pool of survivors to fill.
 */

interface Collector {
  count: number
  millis: number
}

/** Collections since the process began. */
const collectors: Readonly<Record<'young' | 'old', Collector>> = { young: { count: 0, millis: 0 }, old: { count: 0, millis: 0 } }

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    // Node's types leave out what entries of this kind hold.
    const { duration, detail } = entry as typeof entry & { readonly detail: NodeGCPerformanceDetail }
    const collector = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? collectors.young : collectors.old
    collector.count++
    collector.millis += duration
  }
}).observe({ type: 'gc' })

const YOUNG_SPACES = new Set(['new_space', 'new_large_object_space'])

/** `jvm.mem` and `jvm.gc` of statistics. */
export function heapStats(): { readonly mem: JsonObject; readonly gc: JsonObject } {
  const heap = getHeapStatistics()
  const { external, rss } = process.memoryUsage()
  const spaces = getHeapSpaceStatistics()
  const used = (young: boolean): number =>
    spaces.reduce((sum, space) => sum + (YOUNG_SPACES.has(space.space_name) === young ? space.space_used_size : 0), 0)
  const max = heap.heap_size_limit
  return {
    mem: {
      heap_used_in_bytes: heap.used_heap_size,
      heap_used_percent: Math.round((heap.used_heap_size / max) * 100),
      heap_committed_in_bytes: heap.total_heap_size,
      heap_max_in_bytes: max,
      non_heap_used_in_bytes: external,
      non_heap_committed_in_bytes: Math.max(0, rss - heap.total_heap_size),
      pools: { young: pool(used(true), max), survivor: pool(0, 0), old: pool(used(false), max) },
    },
    gc: { collectors: { young: collected(collectors.young), old: collected(collectors.old) } },
  }
}

/** `jvm.mem` and what stands beside it of a node. */
export function heapInfo(): JsonObject {
  const { heap_size_limit: max, total_heap_size: size } = getHeapStatistics()
  return {
    mem: {
      heap_init_in_bytes: size,
      heap_max_in_bytes: max,
      non_heap_init_in_bytes: 0,
      non_heap_max_in_bytes: 0,
      direct_max_in_bytes: 0,
    },
    gc_collectors: Object.keys(collectors),
    memory_pools: ['young', 'survivor', 'old'],
  }
}

const pool = (used: number, max: number): JsonObject => ({
  used_in_bytes: used,
  max_in_bytes: max,
  peak_used_in_bytes: used,
  peak_max_in_bytes: max,
})

const collected = ({ count, millis }: Collector): JsonObject => ({
  collection_count: count,
  collection_time_in_millis: Math.round(millis),
})
