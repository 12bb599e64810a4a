import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCrashes } from '../test/crash/run-crashes.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { circumstances, keepResult, printTable, quantile } from './harness/report.ts'

const help = `Kills Elkhorn (kill -9), or its engine alone, at random points under load, and compares what is there afterwards
with what was acknowledged: every document once, counts exact. Exit code 1 when anything is lost, doubled or refused.

  --points N       how many kills (default: 100)
  --seed TEXT      other moments and other documents (default: crash-1)`

const options = readArguments(help, ['points', 'seed'])
const seed = options['seed'] ?? 'crash-1'
const folder = await mkdtemp(join(tmpdir(), 'elkhorn-crash-'))
const before = circumstances()
const start = async () => {
  const { pid, ports, auth } = await startElkhorn(join(folder, 'data'))
  const authorization = `Basic ${Buffer.from(auth).toString('base64')}`
  return { pid, url: `http://127.0.0.1:${ports['api']}`, authorization }
}
const { problems, points, acknowledgedChanges } = await runCrashes({
  points: count(options['points'], 100, 'points'),
  seed,
  start,
  onPoint: ({ number, killed, backAfterMs }) =>
    process.stderr.write(`${number}: ${killed} killed, back after ${Math.round(backAfterMs)} ms\n`),
})
await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

const back = (killed: 'process' | 'engine'): string => {
  const times = points.filter((point) => point.killed === killed).map(({ backAfterMs }) => backAfterMs)
  return times.length === 0 ? '' : `${quantile(times, 0.5).toFixed(0)} / ${Math.max(...times).toFixed(0)} ms`
}
printTable([
  ['kills', points.length],
  ['  of the engine alone', points.filter(({ killed }) => killed === 'engine').length],
  ['acknowledged changes', acknowledgedChanges],
  ['lost, doubled, wrong or refused', problems.length],
  ['engine back, p50 / max', back('engine')],
  ['process back, p50 / max', back('process')],
])
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`kept in ${keepResult('crash', { ...before, seed, problems, points, acknowledgedChanges })}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
