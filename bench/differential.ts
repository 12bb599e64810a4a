import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Comparison } from './differential/comparison.ts'
import { openPeer } from './differential/peer.ts'
import { report } from './differential/report.ts'
import { Server } from './differential/server.ts'
import { count, readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'
import { Random } from './requests/random.ts'
import { Requests } from './requests/requests.ts'
import { filling, makeWorld } from './requests/world.ts'

const help = `Asks Elkhorn and an OpenSearch 2.19 the same random questions and tells where the answers differ.
  --requests N   how many (2000)
  --seed N       other questions (1)
  --world N      only those about one of the indices, from 0
  --data DIR     where Elkhorn keeps its data and its log (a folder that is removed)
  --peer URL     an OpenSearch that runs; otherwise ../shared/opensearch is started on --port (20390)
  --url URL --auth U:P   an Elkhorn that runs; otherwise one is started`

const REQUESTS_PER_WORLD = 50

const options = readArguments(help, ['requests', 'seed', 'world', 'peer', 'port'])
const worlds = Math.ceil(count(options['requests'], 2000, 'requests') / REQUESTS_PER_WORLD)
const seed = count(options['seed'], 1, 'seed')

const data = options['data'] ?? mkdtempSync(join(tmpdir(), 'elkhorn-differential-'))
const peer = openPeer(options['peer'], count(options['port'], 20_390, 'port'))
const elkhorn = options['url'] === undefined ? await startElkhorn(data) : undefined
const ours = new Server(options['url'] ?? `http://127.0.0.1:${elkhorn?.ports['api']}`, elkhorn?.auth ?? options['auth'])
const theirs = new Server(peer.url)
const comparison = new Comparison(ours, theirs)
try {
  for (let world = 0; world < worlds; world++) {
    if (options['world'] === undefined || world === Number(options['world'])) await askAbout(world)
  }
} finally {
  ours.close()
  theirs.close()
  peer.close()
  await elkhorn?.stop()
  if (options['data'] === undefined) rmSync(data, { recursive: true, force: true })
}
process.stdout.write(`${report(comparison, seed)}\n`)
process.exitCode = comparison.classes.size === 0 ? 0 : 1

/** Makes an index on both sides, asks about it and takes it away. */
async function askAbout(number: number): Promise<void> {
  const random = new Random(`${seed}/${number}`)
  const world = makeWorld(random, `differential-${seed}-${number}`)
  const requests = new Requests(random, world)
  for (const side of [ours, theirs]) await side.ask({ method: 'DELETE', path: `/${world.index}` })
  for (const side of [ours, theirs]) await side.call('PUT', `/${world.index}`, world.creation)
  let same = true
  for (const request of filling(world)) same = (await comparison.ask(request)) && same
  if (same) await comparison.ask({ kind: 'mapping', method: 'GET', path: `/${world.index}/_mapping` })
  // Of other documents everything differs.
  const all = Array.from({ length: same ? REQUESTS_PER_WORLD : 0 }, () => requests.next())
  const writes = all.filter(({ kind }) => kind === 'write')
  for (const request of all) if (request.kind !== 'write') await comparison.ask(request)
  // Last, because what was replaced or deleted counts in statistics of terms until it is merged away, here and there.
  for (const request of writes) await comparison.ask(request)
  if (writes.length > 0) await comparison.ask(requests.everything())
  for (const side of [ours, theirs]) await side.call('DELETE', `/${world.index}`)
}
