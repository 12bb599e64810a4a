import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { postBodies } from '../harness/post-bodies.ts'
import { HttpClient } from '../harness/http-client.ts'
import { ProcessTree } from '../harness/processes.ts'
import type { BulkBodies } from '../workload/bulk-bodies.ts'

/** As many documents are enough: the rate of a limit program does not depend on how many came before. */
const MAX_DOCUMENTS = 500_000

/** Documents per CPU second of a limit program of bulk ingest: P1 splits the body, P2 also parses and fills columns. */
export async function ingestLimit(program: 'P1' | 'P2', bodies: BulkBodies, connections: number): Promise<number> {
  const path = fileURLToPath(new URL('./sink.js', import.meta.url))
  const child = spawn(process.execPath, [path, ...(program === 'P2' ? ['--parse'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    )
    const http = new HttpClient(`http://127.0.0.1:${port}`, undefined)
    const processes = new ProcessTree([child.pid ?? 0])
    await postBodies(http, '/_bulk', bodies, { connections, maxBodies: 8 }) // the compiler has seen it then
    const before = processes.cpuSeconds()
    const { documents } = await postBodies(http, '/_bulk', bodies, {
      connections,
      maxBodies: Math.ceil(MAX_DOCUMENTS / bodies.documentsPerBody),
    })
    const used = processes.cpuSeconds() - before
    http.close()
    return documents / used
  } finally {
    child.kill()
  }
}
