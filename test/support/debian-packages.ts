import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { filled } from './fetched-packages.ts'

const run = promisify(execFile)
const LIMIT_MS = 60_000

/** Programs of Debian's packages that were unpacked, not installed: no rights are needed. */
export interface Unpacked {
  /** The folder that stands for `/`. */
  readonly root: string
  /** Folders of libraries within it. */
  readonly libraries: readonly string[]
  /** Environment in which its programs find its libraries. */
  readonly env: NodeJS.ProcessEnv
}

/** Unpacks packages into a temporary folder, once. `undefined` where they cannot be had, as on other systems. */
export async function fetchDebianPackages(name: string, packages: readonly string[]): Promise<Unpacked | undefined> {
  const root = await filled(`deb-${name}`, async (empty) => {
    await run('apt-get', ['download', ...packages], { cwd: empty, timeout: LIMIT_MS })
    for (const file of await readdir(empty)) if (file.endsWith('.deb')) await run('dpkg', ['-x', join(empty, file), empty])
  })
  if (root === undefined) return undefined
  const folders = await readdir(join(root, 'usr/lib')).catch((): string[] => [])
  const libraries = folders.filter((folder) => folder.endsWith('-linux-gnu')).map((folder) => join(root, 'usr/lib', folder))
  return { root, libraries, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } }
}
