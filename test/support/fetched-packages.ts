import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const LIMIT_MS = 100_000

/**
 * A package of npm that one test needs and nothing else should pull in: from a temporary folder, filled once.
 * `undefined` where it cannot be had.
 */
export async function fetchNpmPackage(name: string, version: string): Promise<unknown> {
  const folder = await fetchNpmFolder(name, version)
  return folder === undefined ? undefined : createRequire(join(folder, 'package.json'))(name)
}

/** The same; the folder that `node_modules` is in. */
export async function fetchNpmFolder(name: string, version: string): Promise<string | undefined> {
  return await filled(`npm-${name}-${version}`, async (empty) => {
    await writeFile(join(empty, 'package.json'), '{"private":true}')
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0', `${name}@${version}`], {
      cwd: empty,
      timeout: LIMIT_MS,
    })
  })
}

/** The folder of a Python package, for `PYTHONPATH`: empty text where Python has it already; `undefined` where it cannot be had. */
export async function findPythonPackage(module: string, name: string, version: string): Promise<string | undefined> {
  try {
    await run('python3', ['-c', `import ${module}`])
    return ''
  } catch {
    return await filled(`pip-${name}-${version}`, async (empty) => {
      await run('python3', ['-m', 'pip', 'install', '-q', '--retries', '0', '--target', empty, `${name}==${version}`], {
        timeout: LIMIT_MS,
      })
    })
  }
}

/** A temporary folder that is filled once; `undefined` where that fails. */
export async function filled(name: string, fill: (empty: string) => Promise<void>): Promise<string | undefined> {
  const folder = join(tmpdir(), `elkhorn-${name}`)
  if (existsSync(folder)) return folder
  const half = `${folder}.${process.pid}`
  try {
    await mkdir(half, { recursive: true })
    await fill(half)
    await rename(half, folder)
    return folder
  } catch {
    await rm(half, { recursive: true, force: true })
    return undefined
  }
}
