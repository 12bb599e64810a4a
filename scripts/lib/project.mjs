import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The path of an installed command line tool. */
export const tool = (name) => join(root, 'node_modules', '.bin', name)

/**
 * Runs a command in the repository. Its output goes to the terminal, or with `capture` into `output`.
 * Never rejects: a command that cannot be started has code 127.
 *
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export function run(command, args, { capture = false, env = process.env, cwd = root } = {}) {
  const started = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit' })
    const chunks = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    const end = (code, extra = '') =>
      resolve({ code, output: Buffer.concat(chunks).toString() + extra, seconds: (performance.now() - started) / 1000 })
    child.on('error', (error) => end(127, `${error.message}\n`))
    child.on('close', (code) => end(code ?? 1))
  })
}

function* files(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isDirectory()) {
    yield [path, stat]
    return
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== 'node_modules' && name !== 'dist') yield* files(join(path, name))
  }
}

/** Changes whenever a file below `paths` that is no test is written, added, renamed or removed. Reads no file, only names, sizes and times. */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const [file, stat] of files(join(root, path))) {
      if (!/\.test\.tsx?$/.test(file)) hash.update(`${file} ${stat.size} ${stat.mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

/** A file of the repository exists. */
export const has = (path) => existsSync(join(root, path))
