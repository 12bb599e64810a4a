import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Seen from `dist/.bench/bench/differential`: the folder that holds the repository, and the one above. */
const BESIDE = ['../../../../../', '../../../../../../'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

export interface Peer {
  readonly url: string
  /** Its process, where it was started here. */
  readonly pid?: string | undefined
  close(): void
}

/** The server to compare with: the one asked for, or one that is started from the folder beside the repository. */
export function openPeer(url: string | undefined, port: number): Peer {
  if (url !== undefined) return { url, close: () => undefined }
  const scripts = BESIDE.map((folder) => join(folder, 'shared/opensearch')).find((folder) => existsSync(join(folder, 'start.sh')))
  if (scripts === undefined) throw new Error('nothing to compare with: give --peer URL of an OpenSearch 2.19 with nothing in it')
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-peer-'))
  const arguments_ = ['single', folder, `${port}`, 'indices.breaker.total.use_real_memory=false']
  const told = execFileSync(join(scripts, 'start.sh'), arguments_, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
  return {
    url: `http://127.0.0.1:${port}`,
    pid: /^\d+/.exec(told)?.[0], // it tells "pid name port"
    close: () => {
      execFileSync(join(scripts, 'stop.sh'), [folder], { stdio: 'ignore' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
