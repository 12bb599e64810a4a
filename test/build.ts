import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Whole-process tests and the engine's child run what is built in `dist/`. What is fresh is left alone. A build does not look
 * at types, so types that are wrong somewhere do not keep tests elsewhere from running.
 */
export function setup(): void {
  spawnSync(process.execPath, [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))], { stdio: 'inherit' })
}
