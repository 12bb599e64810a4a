// The body of `.ci/run`: runs the steps one after the other, adds up what they report and says it in the last line.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './lib/project.mjs'

const steps = [
  { name: 'npm start, as a user does', command: ['node', 'scripts/walk.mjs'] },
  { name: 'npm test', command: ['npm', 'test', '--'] },
  { name: 'npm run check', command: ['npm', 'run', 'check', '--'] },
  { name: 'public REST tests', command: ['node', 'scripts/conformance.mjs'] },
  { name: 'no slower than before', command: ['npm', 'run', 'bench', '--', 'gate'], countsAsOne: true },
]

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-ci-'))
const total = { passed: 0, failed: 0, skipped: 0 }
for (const [number, { name, command, countsAsOne }] of steps.entries()) {
  console.log(`\n━━ ${name} ━━`)
  const file = join(folder, `${number}.json`)
  const [program, ...args] = command
  const { code, seconds } = await run(program, countsAsOne ? args : [...args, '--summary', file])
  const counts = countsAsOne ? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 } : readCounts(file, code)
  for (const key of Object.keys(total)) total[key] += counts[key]
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds.toFixed(0)} s`)
}
rmSync(folder, { recursive: true, force: true })
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)

/** What a step reported; a step that ended badly counts as failed even where it says otherwise or nothing. */
function readCounts(file, code) {
  let counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    if (code === 0) return { ...counts, failed: 1 } // it was asked for a summary and wrote none
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}
