import { count, readArguments } from './harness/arguments.ts'
import { measureIngest } from './harness/measure-ingest.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { openTarget, targetHelp } from './harness/target.ts'
import { type Ids, iotBodies } from './workload/bulk-bodies.ts'

const help = `What ids of the client's own cost: the same documents without ids, with ids that are all new, and with ids of which one in
ten names an earlier document again, in documents per CPU second of the server, merges included.

  --docs N         how many documents (default: 2000000)
  --bulk N         documents per request (default: 5000)
  --connections N  clients at once (default: 8)
${targetHelp}`

const options = readArguments(help, ['docs', 'bulk', 'connections'])
const documents = count(options['docs'], 2_000_000, 'docs')
const bulk = count(options['bulk'], 5000, 'bulk')
const connections = count(options['connections'], 8, 'connections')
const variants: readonly { readonly name: string; readonly ids: Ids }[] = [
  { name: 'no ids', ids: { kind: 'none' } },
  { name: 'own ids, all new', ids: { kind: 'own', overwriting: 0 } },
  { name: 'own ids, 10 % overwriting', ids: { kind: 'own', overwriting: 0.1 } },
]

const before = circumstances()
const target = await openTarget(options)
try {
  const results: { readonly name: string; readonly rate: number; readonly bytes: number; readonly live: number }[] = []
  for (const { name, ids } of variants) {
    const bodies = iotBodies(documents, bulk, ids)
    const result = await measureIngest(target, 'ids', bodies, connections)
    bodies.close()
    const rate = result.documents / result.cpuSecondsWithMerges
    results.push({ name, rate, bytes: result.bytesPerDocument.merged, live: result.counted })
  }
  const base = results[0]?.rate ?? Number.NaN
  printTable([
    ['ingest with ids', 'documents per CPU second', 'of the first', 'bytes per document', 'documents'],
    ...results.map(({ name, rate, bytes, live }) => [name, Math.round(rate), (rate / base).toFixed(2), bytes.toFixed(1), live]),
  ])
  process.stdout.write(
    `kept in ${keepResult('ids', { ...before, target: target.name, documents, bulk, connections, results })}\n`,
  )
} finally {
  await target.close()
}
