// Runs the public REST tests of OpenSearch and of Elasticsearch's clients against a started Elkhorn, where they lie beside
// the repository (`../shared/conformance`). The list of tests that pass, test/conformance/passing.txt, may only grow: a
// test of it that fails now fails the run. --update writes the list anew; --filter REGEX runs a part and only prints.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from './build.mjs'
import { startElkhorn } from './lib/elkhorn.mjs'
import { deviations, recordFailing } from './lib/deviations.mjs'
import { root, run } from './lib/project.mjs'
import { ownArguments, writeSummary } from './lib/summary.mjs'

/** Beside the repository, or beside the folder of its working copies. */
const suites = ['../shared/conformance', '../../shared/conformance'].map((path) => resolve(root, path)).find(existsSync)
const listFile = join(root, 'test/conformance/passing.txt')
const [option, value] = ownArguments()

if (!suites) {
  console.log('skipped: the public REST tests are not beside this repository (../shared/conformance)')
  writeSummary({ passed: 0, failed: 0, skipped: 1 })
  process.exit(0)
}
if (!(await build())) process.exit(1)

const api = (...path) => join(suites, ...path)
const runs = [
  {
    filter: '^opensearch-1.x',
    specs: [
      api('opensearch-1.x/rest-api-spec/src/main/resources/rest-api-spec/api'),
      api('opensearch-1.x/modules/lang-painless/src/yamlRestTest/resources/rest-api-spec/api'),
    ],
    flavor: 'opensearch',
  },
  { filter: '^elasticsearch-clients', specs: [api('elasticsearch-clients-tests/api')], flavor: 'elasticsearch' },
]

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-conformance-'))
let repositories = 0

/** Runs the tests of one suite whose file matches `filter`, against an Elkhorn of their own. */
async function runTests({ specs, flavor }, filter) {
  const repository = join(folder, `repository-${++repositories}`)
  mkdirSync(repository)
  const elkhorn = await startElkhorn([`path.repo=${repository}`, 'node.attr.testattr=test'])
  const json = join(folder, `${repositories}.json`)
  const { output } = await run(
    process.execPath,
    [
      api('runner/run.mjs'),
      ...specs.flatMap((spec) => ['--spec', spec]),
      ...Object.entries({
        url: elkhorn.url,
        user: elkhorn.user,
        pass: elkhorn.password,
        root: suites,
        tests: api('runner/shown.txt'),
        filter,
        flavor,
        repo: repository,
        json,
      }).flatMap(([name, text]) => [`--${name}`, text]),
    ],
    { capture: true },
  )
  await elkhorn.stop()
  if (option === '--filter') console.log(output)
  if (!existsSync(json)) throw new Error(`the runner wrote no result:\n${output}`)
  return JSON.parse(readFileSync(json, 'utf8')).results.filter((result) => new RegExp(filter).test(name(result)))
}

const name = ({ file, test }) => `${file} > ${test}`
const results = []
for (const suite of runs) results.push(...(await runTests(suite, option === '--filter' ? value : suite.filter)))
if (option === '--filter') {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

const passing = new Set(results.filter(({ status }) => status === 'pass').map(name))
const recorded = existsSync(listFile) ? readFileSync(listFile, 'utf8').split('\n').filter(Boolean) : []
// A busy machine makes tests fail that wait for something: who fails twice has failed.
const again = [...new Set(recorded.filter((test) => !passing.has(test)).map((test) => test.slice(0, test.indexOf(' > '))))]
for (const suite of again.length > 0 ? runs : []) {
  const files = again.filter((file) => new RegExp(suite.filter).test(file))
  if (files.length === 0) continue
  const repeated = await runTests(suite, `^(${files.map((file) => file.replaceAll(/[.+]/g, '\\$&')).join('|')}) > `)
  for (const result of repeated) if (result.status === 'pass') passing.add(name(result))
}
rmSync(folder, { recursive: true, force: true })
const lost = recorded.filter((test) => !passing.has(test))
const gained = [...passing].filter((test) => !recorded.includes(test))
for (const test of lost) console.log(`FAILED ${test}: ${results.find((result) => name(result) === test)?.reason ?? 'not run'}`)
console.log(
  `${passing.size} of ${results.length} public REST tests pass; ${recorded.length} are recorded, ${lost.length} of them failed, ${gained.length} are new`,
)
if (option === '--update') {
  mkdirSync(join(root, 'test/conformance'), { recursive: true })
  writeFileSync(listFile, `${[...passing].sort().join('\n')}\n`)
  recordFailing(results.filter((result) => result.status !== 'skip' && !passing.has(name(result))).map(name))
  writeFileSync(join(root, 'docs/reference/deviations.md'), deviations())
} else if (gained.length > 0) {
  console.log('node scripts/conformance.mjs --update records them')
}
writeSummary({ passed: recorded.length - lost.length, failed: lost.length, skipped: 0 })
process.exit(lost.length === 0 || option === '--update' ? 0 : 1)
