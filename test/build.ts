import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Whole-process tests and the engine's child run what is built in `dist/`. What is fresh is left alone. */
export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))], { stdio: 'inherit' })
}
