import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, tool } from './project.mjs'

/**
 * Runs vitest and counts what happened from its own report, so that a skipped test is never taken for a passed one.
 * A file that could not even be loaded counts as one failed test.
 *
 * @returns {Promise<{ code: number, output: string, seconds: number, passed: number, failed: number, skipped: string[] }>}
 */
export async function runVitest(args, options) {
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-vitest-'))
  const report = join(folder, 'report.json')
  try {
    const result = await run(
      tool('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--passWithNoTests', ...args],
      options,
    )
    return { ...result, ...readReport(report) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(file) {
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: [] } // vitest did not get as far as writing one
  }
  const skipped = []
  let passed = 0
  let failed = 0
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) failed++
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') passed++
      else if (test.status === 'failed') failed++
      else skipped.push(`${suite.name}: ${test.fullName}`)
    }
  }
  return { passed, failed, skipped }
}
