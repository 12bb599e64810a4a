// `npm test`: unit, whole-process, compatibility and browser tests. Arguments go to vitest (`npm test -- security`).
import { ensureDependencies } from './lib/dependencies.mjs'
import { build } from './build.mjs'
import { findChromium } from './lib/chromium.mjs'
import { ownArguments, writeSummary } from './lib/summary.mjs'
import { runVitest } from './lib/vitest.mjs'

if (!(await ensureDependencies()) || !(await build())) process.exit(1)

const chromium = findChromium()
if (!chromium) {
  console.log('No Chromium: the browser tests are skipped. Debian: apt-get install chromium; elsewhere set CHROMIUM=/path/to/it.')
}

const result = await runVitest(ownArguments(), { env: { ...process.env, ...(chromium ? { CHROMIUM: chromium } : {}) } })
for (const name of result.skipped) console.log(`skipped ${name}`)
console.log(`${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped`)
const failed = result.code !== 0 && result.failed === 0 ? 1 : result.failed // an error outside of tests fails the run too
writeSummary({ passed: result.passed, failed, skipped: result.skipped.length })
process.exit(failed === 0 ? 0 : 1)
