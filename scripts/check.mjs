// `npm run check`: what must hold before anything lands. Prints one line a step, and what went wrong below.
import { ensureDependencies } from './lib/dependencies.mjs'
import { has, run, tool } from './lib/project.mjs'
import { writeSummary } from './lib/summary.mjs'
import { runVitest } from './lib/vitest.mjs'

if (!(await ensureDependencies())) process.exit(1)

const capture = { capture: true }
const node = (...args) => run(process.execPath, args, capture)
const web = has('web/tsconfig.json')

/** Steps of one group run one after the other; the groups run side by side. */
const groups = [
  [
    {
      name: 'format',
      run: () =>
        run(tool('oxfmt'), ['--check', 'src', 'test', 'bench', 'scripts', ...(has('web/src') ? ['web/src'] : [])], capture),
    },
    {
      // One program of all files serves both; by itself `tsc` takes as much time again.
      name: 'types and lint',
      run: () => run(tool('oxlint'), ['--type-check', 'src', 'test', 'bench', 'scripts', ...(web ? ['web'] : [])], capture),
    },
    { name: 'nothing unused', run: () => run(tool('knip'), ['--no-progress'], capture) },
  ],
  [
    { name: 'lock file', run: () => node('scripts/complete-lock.mjs', '--check') },
    { name: 'build', run: () => node('scripts/build.mjs') },
    { name: 'generated docs', run: () => node('scripts/docs.mjs', '--check') },
    { name: 'import map', run: () => runVitest(['test/imports.test.ts'], capture) },
    { name: 'unit tests', run: () => runVitest(['--project', 'unit'], capture) },
  ],
]

const started = performance.now()
const failures = []
let passed = 0

async function runGroup(steps) {
  for (const step of steps) {
    const result = await step.run()
    const counts = result.passed === undefined ? '' : `, ${result.passed} passed, ${result.skipped.length} skipped`
    console.log(`${result.code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${result.seconds.toFixed(1)} s${counts})`)
    if (result.code === 0) passed++
    else failures.push({ name: step.name, output: result.output })
  }
}

await Promise.all(groups.map(runGroup))
for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trimEnd()}`)
console.log(`\ncheck: ${passed} passed, ${failures.length} failed in ${((performance.now() - started) / 1000).toFixed(0)} s`)
writeSummary({ passed, failed: failures.length, skipped: 0 })
process.exit(failures.length === 0 ? 0 : 1)
