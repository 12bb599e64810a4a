import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The engine's process runs what is built in `dist/`, also under test. Building takes half a second. */
export function setup(): void {
  const root = new URL('..', import.meta.url).pathname
  if (!existsSync(`${root}/node_modules/.bin/tsc`)) throw new Error('install the packages first: npm ci')
  execFileSync(`${root}/node_modules/.bin/tsc`, ['-p', `${root}/tsconfig.build.json`], { stdio: 'inherit' })
}
