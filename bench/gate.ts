import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fillIndex } from './harness/fill-index.ts'
import { measureQuery } from './harness/query-cost.ts'
import { printTable, quantile } from './harness/report.ts'
import { openTarget } from './harness/target.ts'
import { ingestLimit } from './limits/run-limit.ts'
import { iotBodies } from './workload/bulk-bodies.ts'
import { iotQueries } from './workload/iot-queries.ts'

/*
 * The gate against creeping slowness: CPU seconds of a small run, as multiples of what limit program P2 (HTTP, JSON.parse,
 * columns) needs for the same documents in the same minute. Machines differ, and so do their moods; the ratio does not much.
 * What seems slower is measured again, and the best counts. --record writes bench/baseline.json; otherwise half as much
 * again as recorded fails: neighbours on the machine cost that much, a lost index or a second pass over the data more.
 */

const DOCUMENTS = 100_000
const ROUNDS = 3
const ATTEMPTS = 3
const ALLOWED = 1.5
const QUESTIONS = ['A1', 'A2', 'T1', 'Q1', 'S1', 'D1b']

const isRecording = process.argv.includes('--record')
const file = fileURLToPath(new URL('../../../bench/baseline.json', import.meta.url))
const baseline = existsSync(file) && !isRecording ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {}

const bodies = iotBodies(DOCUMENTS, 5000)
const target = await openTarget({})
const found: Record<string, number> = {}
try {
  const limits: number[] = []
  const ingests: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    limits.push(DOCUMENTS / (await ingestLimit('P2', bodies, 8)))
    ingests.push(await fillIndex(target, 'iot', DOCUMENTS))
  }
  const unit = quantile(limits, 0.5)
  found['ingest'] = (isRecording ? quantile(ingests, 0.5) : Math.min(...ingests)) / unit
  for (const query of iotQueries('iot', DOCUMENTS, 'gate').filter(({ id }) => QUESTIONS.includes(id))) {
    let ratio = Infinity
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { cpuMs } = await measureQuery(target, query, { runs: 50, enoughCpuSeconds: 1 })
      ratio = Math.min(ratio, cpuMs / 1000 / unit)
      const recorded = baseline[query.id]
      if (recorded === undefined || ratio <= ALLOWED * recorded) break
    }
    found[query.id] = ratio
  }
} finally {
  await target.close()
  bodies.close()
}

const rows = Object.entries(found).map(([name, ratio]) => {
  const recorded = baseline[name]
  const verdict = recorded === undefined ? 'new' : ratio > ALLOWED * recorded ? 'SLOWER' : 'ok'
  return [
    name,
    ratio.toFixed(4),
    recorded?.toFixed(4) ?? '',
    recorded === undefined ? '' : `${(100 * (ratio / recorded - 1)).toFixed(0)} %`,
    verdict,
  ]
})
printTable([['CPU seconds over those of P2', 'now', 'recorded', 'change', ''], ...rows])
if (isRecording) {
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`)
} else if (rows.some((row) => row[4] === 'SLOWER')) {
  process.stderr.write('slower than recorded: find out why, or record the new figures with --record and say why in the commit\n')
  process.exitCode = 1
}
