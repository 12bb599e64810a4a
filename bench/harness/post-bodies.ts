import type { BulkBodies } from '../workload/bulk-bodies.ts'
import type { HttpClient } from './http-client.ts'

export interface Posted {
  readonly documents: number
  readonly seconds: number
  /** Of each request, in the order of their ends. */
  readonly latenciesMs: readonly number[]
}

/** Posts bodies over several connections, each its next one as soon as the last is answered. Fails on any item's error. */
export async function postBodies(
  http: HttpClient,
  path: string,
  bodies: BulkBodies,
  { connections, maxBodies = Infinity }: { readonly connections: number; readonly maxBodies?: number },
): Promise<Posted> {
  const count = Math.min(bodies.bodies, maxBodies)
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  let next = 0
  const connection = async (): Promise<void> => {
    while (next < count) {
      const body = bodies.body(next++)
      const sentAt = performance.now()
      const { text } = await http.call('POST', path, body, 'application/x-ndjson')
      latenciesMs.push(performance.now() - sentAt)
      if (!/"errors":\s*false/.test(text.slice(0, 300))) throw new Error(`bulk request failed: ${text.slice(0, 500)}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, connection))
  return {
    documents: Math.min(bodies.documents, count * bodies.documentsPerBody),
    seconds: (performance.now() - startedAt) / 1000,
    latenciesMs,
  }
}
