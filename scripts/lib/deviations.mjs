import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.mjs'

const folder = join(root, 'test/conformance')
const lines = (name) =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean) : []

/** Keeps the names of the tests that were run and do not pass; what is skipped by the suite's own rules is not among them. */
export function recordFailing(names) {
  writeFileSync(join(folder, 'failing.txt'), `${names.toSorted().join('\n')}\n`)
}

/** Which public REST tests do not pass, and why: from the recorded lists and `reasons.json`. */
export function deviations() {
  const failing = lines('failing.txt')
  const reasons = JSON.parse(readFileSync(join(folder, 'reasons.json'), 'utf8')).map(({ tests, reason }) => ({
    pattern: new RegExp(tests),
    reason,
    tests: [],
  }))
  const unexplained = { reason: 'Not explained yet.', tests: [] }
  for (const name of failing) (reasons.find(({ pattern }) => pattern.test(name)) ?? unexplained).tests.push(name)
  const groups = [...reasons, unexplained].filter(({ tests }) => tests.length > 0)
  return `# Deviations

<!-- Written by \`npm run docs\` from test/conformance: change the lists there. -->

Of the public REST tests of OpenSearch and of Elasticsearch's clients, ${lines('passing.txt').length} pass and ${failing.length} do not.
These are the ones that do not, by reason.

${groups.map(printGroup).join('\n')}`
}

function printGroup({ reason, tests }) {
  const byFile = new Map()
  for (const name of tests) {
    const at = name.indexOf(' > ')
    const file = shortened(name.slice(0, at))
    byFile.set(file, [...(byFile.get(file) ?? []), name.slice(at + 3)])
  }
  const items = [...byFile].map(([file, names]) => `- \`${file}\`: ${names.map(quoted).join('; ')}\n`)
  return `## ${reason}\n\n${items.join('')}`
}

/** What tells one file of the suites from the others. */
const shortened = (file) =>
  file.replace(/(src\/(main|yamlRestTest|test)\/resources\/)?rest-api-spec\/(src\/main\/resources\/rest-api-spec\/)?test\//, '')

/** Names as text, whatever stands in them. */
const quoted = (name) => name.replaceAll(/[|<>*_`[\]]/g, '\\$&')
