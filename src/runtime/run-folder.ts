import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Every port in use, by the name of its section in `elkhorn.yml`; those of inputs by `pipeline/plug-in id`. */
export type Ports = Readonly<Record<string, number>>

/**
 * `<data>/run`: what is only true while the process runs. `ports.json` appears when it can serve, so that scripts can wait
 * for that file; `token` lets whoever can read the folder use the API as the program itself (`bin/elkhorn status`).
 */
export class RunFolder {
  readonly #folder: string

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'run')
  }

  /** Forgets what an earlier process left. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  async writeToken(token: string): Promise<void> {
    await writeFile(join(this.#folder, 'token'), token, { mode: 0o600 })
  }

  /** Written aside and renamed: who sees the file sees all of it. */
  async writePorts(ports: Ports, pid: number): Promise<void> {
    const path = join(this.#folder, 'ports.json')
    await writeFile(`${path}.tmp`, `${JSON.stringify({ pid, ...ports })}\n`)
    await rename(`${path}.tmp`, path)
  }
}

/** What a running process wrote, for the command line; `undefined` when none is ready. */
export async function readRunFolder(dataFolder: string): Promise<{ readonly ports: Ports; readonly token: string } | undefined> {
  try {
    const ports = JSON.parse(await readFile(join(dataFolder, 'run', 'ports.json'), 'utf8')) as Ports
    const token = await readFile(join(dataFolder, 'run', 'token'), 'utf8')
    return { ports, token }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
