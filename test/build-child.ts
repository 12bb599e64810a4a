import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname

/** The engine's process runs what is built in `dist/`, also under test. Building takes half a second. */
export function setup(): void {
  const program = join(root, 'dist/engine/embedded/child/main.js')
  // What is fresh is left alone: another run may be starting it right now.
  if (existsSync(program) && statSync(program).mtimeMs > newest(join(root, 'src/engine/embedded/child'))) return
  const tsc = join(root, 'node_modules/.bin/tsc')
  if (!existsSync(tsc)) throw new Error('install the packages first: npm ci')
  execFileSync(tsc, ['-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
}

function newest(folder: string): number {
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs))
}
