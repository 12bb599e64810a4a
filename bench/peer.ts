import { openPeer } from './differential/peer.ts'
import { count, readArguments } from './harness/arguments.ts'
import { ensureFilled } from './harness/fill-index.ts'
import { measureQuery, type QueryCost } from './harness/query-cost.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { openTarget, type Target } from './harness/target.ts'
import { iotQueries } from './workload/iot-queries.ts'
import { peerQuestions } from './workload/peer-questions.ts'

const help = `The same questions to Elkhorn and to an OpenSearch 2.19 that holds the same documents, in turns: the benchmark's own,
and one of each kind of aggregation and search.

  --docs N         documents in the index (default: 2000000)
  --only REGEX     only questions whose id matches
  --runs N         measured runs of each (default: 7)
  --port N         where the peer listens, which is started from ../shared/opensearch (default: 9390)
  --peer-pid N     processes of a peer that runs already at that port; it is left running, and is filled unless it holds the documents`

/** What an aggregation may take of the peer's time, and what a search may. */
const ASKED = { aggregation: 1 / 3, search: 1.5 }
const INDEX = 'iot'
const ENOUGH_CPU_SECONDS = 0.1

const options = readArguments(help, ['docs', 'only', 'runs', 'port', 'peer-pid', 'data'])
const documents = count(options['docs'], 2_000_000, 'docs')
const runs = count(options['runs'], 7, 'runs')
const port = count(options['port'], 9390, 'port')
const only = new RegExp(options['only'] ?? '')
const kindOf = ({ id, summary }: { id: string; summary: string }): keyof typeof ASKED =>
  summary === 'aggregation' || /^[AD]\d/.test(id) ? 'aggregation' : 'search'

const before = circumstances()
const started = options['peer-pid'] === undefined ? openPeer(undefined, port) : undefined
const url = `http://127.0.0.1:${port}`
const peer = await openTarget({ url, pid: started?.pid ?? options['peer-pid'] })
const elkhorn = await openTarget({ data: options['data'] })
try {
  for (const target of [peer, elkhorn]) await ensureFilled(target, INDEX, documents)
  const rows: (string | number)[][] = [['question', 'ms', 'peer ms', 'ratio', 'asked', '', 'CPU ms', 'peer CPU ms']]
  const results: Record<string, unknown> = {}
  const over: string[] = []
  for (const query of [...iotQueries(INDEX, documents), ...peerQuestions(INDEX, documents)].filter(({ id }) => only.test(id))) {
    const measure = (target: Target): Promise<QueryCost | undefined> =>
      measureQuery(target, query, { runs, enoughCpuSeconds: ENOUGH_CPU_SECONDS }).catch((error: unknown) => {
        process.stderr.write(`${target.name}: ${(error as Error).message}\n`)
        return undefined
      })
    const [mine, theirs] = [await measure(elkhorn), await measure(peer)]
    results[query.id] = { elkhorn: mine, peer: theirs }
    if (mine === undefined || theirs === undefined) continue
    const ratio = mine.p50Ms / theirs.p50Ms
    const asked = ASKED[kindOf(query)]
    if (ratio > asked) over.push(query.id)
    rows.push([
      query.id,
      mine.p50Ms.toFixed(1),
      theirs.p50Ms.toFixed(1),
      ratio.toFixed(2),
      asked.toFixed(2),
      ratio > asked ? 'over' : '',
      mine.cpuMs.toFixed(1),
      theirs.cpuMs.toFixed(1),
    ])
  }
  printTable(rows)
  process.stdout.write(
    `over what is asked: ${over.length} of ${rows.length - 1}${over.length === 0 ? '' : `: ${over.join(', ')}`}\n`,
  )
  process.stdout.write(`kept in ${keepResult('peer', { ...before, documents, results })}\n`)
} finally {
  await elkhorn.close()
  await peer.close()
  started?.close()
}
