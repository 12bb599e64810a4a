import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startElkhorn } from './elkhorn-process.ts'
import { HttpClient } from './http-client.ts'
import { ProcessTree } from './processes.ts'

/** What is measured: an Elkhorn of this run, or any server that speaks Elasticsearch's API. */
export interface Target {
  readonly name: string
  readonly http: HttpClient
  readonly processes: ProcessTree
  readonly dataFolder: string | undefined
  readonly ports: Readonly<Record<string, number>>
  readonly auth: string | undefined
  close(): Promise<void>
}

export const targetHelp = `  --url URL        measures this server instead of starting Elkhorn, with
  --auth U:P       its user and password,
  --pid N,N        its processes (children count), and
  --data DIR       its data folder; with --url absent: where Elkhorn keeps its data (default: a temporary folder)`

/** @param options what the command line gave: url, auth, pid, data */
export async function openTarget(options: Readonly<Record<string, string | undefined>>): Promise<Target> {
  const { url, auth, pid, data } = options
  if (url !== undefined) {
    const http = new HttpClient(url, auth)
    const processes = new ProcessTree(
      (pid ?? '')
        .split(',')
        .filter((one) => one !== '')
        .map(Number),
    )
    return { name: url, http, processes, dataFolder: data, ports: {}, auth, close: async () => http.close() }
  }
  const dataFolder = data ?? (await mkdtemp(join(tmpdir(), 'elkhorn-bench-')))
  const elkhorn = await startElkhorn(dataFolder)
  const http = new HttpClient(`http://127.0.0.1:${elkhorn.ports['api']}`, elkhorn.auth)
  return {
    name: 'elkhorn',
    http,
    processes: new ProcessTree([elkhorn.pid]),
    dataFolder,
    ports: elkhorn.ports,
    auth: elkhorn.auth,
    close: async () => {
      http.close()
      await elkhorn.stop()
      if (data === undefined) await rm(dataFolder, { recursive: true, force: true })
    },
  }
}
