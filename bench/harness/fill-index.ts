import { iotBodies } from '../workload/bulk-bodies.ts'
import { iotMappings } from '../workload/iot-index.ts'
import { postBodies } from './post-bodies.ts'
import { settle } from './settle.ts'
import type { Target } from './target.ts'

/** Makes an index anew and fills it with the data set `iot`. @returns CPU seconds of the server, merges included */
export async function fillIndex({ http, processes }: Target, index: string, documents: number): Promise<number> {
  const bodies = iotBodies(documents, 5000)
  await http.call('DELETE', `/${index}?ignore_unavailable=true`)
  await http.json('PUT', `/${index}`, { settings: { number_of_shards: 1, number_of_replicas: 0 }, mappings: iotMappings })
  await settle(processes)
  const before = processes.cpuSeconds()
  await postBodies(http, `/${index}/_bulk`, bodies, { connections: 8 })
  bodies.close()
  await http.call('POST', `/${index}/_refresh`)
  await settle(processes)
  const used = processes.cpuSeconds() - before
  await http.call('POST', `/${index}/_forcemerge?max_num_segments=1`)
  await settle(processes)
  return used
}

/** Fills an index unless it holds so many documents already. */
export async function ensureFilled(target: Target, index: string, documents: number): Promise<void> {
  const counted = await target.http.json('GET', `/${index}/_count`).then(
    (answer) => (answer as { readonly count: number }).count,
    () => 0, // there is no such index yet
  )
  if (counted !== documents) await fillIndex(target, index, documents)
}
