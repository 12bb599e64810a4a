import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../src/core/json.ts'
import { compare } from './differential/compare.ts'
import { openPeer } from './differential/peer.ts'
import { FIELDS, FILTERS, PLAIN, SCORES, SORTS, TERMS } from './differential/script-texts.ts'
import { Server } from './differential/server.ts'
import { readArguments } from './harness/arguments.ts'
import { startElkhorn } from './harness/elkhorn-process.ts'

const help = `Asks Elkhorn and an OpenSearch 2.19 the same scripts and tells where the answers differ.
  --data DIR     where Elkhorn keeps its data and its log (a folder that is removed)
  --peer URL     an OpenSearch that runs; otherwise ../shared/opensearch is started on port 20391
  --url URL --auth U:P   an Elkhorn that runs; otherwise one is started`

const INDEX = 'scripts'

const FIELDS_OF_INDEX: JsonObject = {
  k: { type: 'keyword' },
  ks: { type: 'keyword' },
  l: { type: 'long' },
  i: { type: 'integer' },
  by: { type: 'byte' },
  d: { type: 'double' },
  f: { type: 'float' },
  hf: { type: 'half_float' },
  sf: { type: 'scaled_float', scaling_factor: 100 },
  ul: { type: 'unsigned_long' },
  b: { type: 'boolean' },
  dt: { type: 'date' },
  dn: { type: 'date_nanos' },
  ip: { type: 'ip' },
  g: { type: 'geo_point' },
  bin: { type: 'binary', doc_values: true },
  t: { type: 'text' },
  nd: { type: 'keyword', doc_values: false },
  tc: { type: 'token_count', analyzer: 'standard' },
  o: { properties: { x: { type: 'long' } } },
}

const DOCUMENTS: readonly JsonObject[] = [
  {
    k: 'a',
    ks: ['x', 'y', 'x'],
    l: 5,
    i: 3,
    by: 1,
    d: 1.5,
    f: 2.25,
    hf: 0.5,
    sf: 1.23,
    ul: '18446744073709551610',
    b: true,
    dt: '2020-01-31T10:15:30.123Z',
    dn: '2020-01-31T10:15:30.123456789Z',
    ip: '10.0.0.1',
    g: { lat: 48.85, lon: 2.35 },
    bin: 'AQID',
    t: 'hello world',
    nd: 'q',
    tc: 'one two three',
    o: { x: 9 },
  },
  {
    k: 'b',
    ks: ['z'],
    l: [7, 3, 7],
    i: -3,
    by: -1,
    d: [2.5, -1],
    f: 1,
    hf: 2,
    sf: 9.99,
    ul: 5,
    b: [true, false],
    dt: ['2021-06-01', '2019-01-01'],
    dn: '2021-01-01T00:00:00Z',
    ip: ['10.0.0.2', '::1'],
    g: [
      { lat: 1, lon: 2 },
      { lat: 3, lon: 4 },
    ],
    t: 'hello',
    tc: 'x',
    o: { x: 1 },
  },
  { k: 'c', l: 100, d: 0 },
]

const options = readArguments(help, ['peer'])
const data = options['data'] ?? mkdtempSync(join(tmpdir(), 'elkhorn-scripts-'))
const peer = openPeer(options['peer'], 20_391)
const elkhorn = options['url'] === undefined ? await startElkhorn(data) : undefined
const ours = new Server(options['url'] ?? `http://127.0.0.1:${elkhorn?.ports['api']}`, elkhorn?.auth ?? options['auth'])
const theirs = new Server(peer.url)
/** Points are stored with 32 bits for each coordinate there, and in full here. */
const excuse = (_: string, mine: unknown, other: unknown): boolean =>
  typeof mine === 'number' && typeof other === 'number' && Math.abs(mine - other) <= 1e-6 * Math.max(1, Math.abs(other))

let asked = 0
let differing = 0
try {
  await theirs.call('PUT', '/_cluster/settings', { transient: { 'script.max_compilations_rate': '100000/1m' } })
  for (const side of [ours, theirs]) await fill(side)
  const search = (body: JsonObject): [string, JsonObject] => [`/${INDEX}/_search`, { _source: false, ...body }]
  const params = { x: 5, l: [1, 2] }
  for (const source of PLAIN) await ask(source, '/_scripts/painless/_execute', { script: { source, params } })
  for (const source of FIELDS) {
    for (const k of ['a', 'b', 'c'])
      await ask(source, ...search({ query: { term: { k } }, script_fields: { x: { script: { source } } } }))
  }
  for (const source of FILTERS)
    await ask(source, ...search({ sort: ['k'], query: { bool: { filter: { script: { script: { source } } } } } }))
  for (const source of TERMS) await ask(source, ...search({ size: 0, aggs: { x: { terms: { script: { source } } } } }))
  for (const source of SORTS) await ask(source, ...search({ sort: [{ _script: { type: 'number', script: { source } } }, 'k'] }))
  for (const source of SCORES)
    await ask(source, ...search({ query: { script_score: { query: { match_all: {} }, script: { source } } } }))
  for (const side of [ours, theirs]) await side.call('DELETE', `/${INDEX}`)
} finally {
  ours.close()
  theirs.close()
  peer.close()
  await elkhorn?.stop()
  if (options['data'] === undefined) rmSync(data, { recursive: true, force: true })
}
process.stdout.write(`${asked - differing} of ${asked} answers are the same\n`)

async function fill(side: Server): Promise<void> {
  await side.ask({ method: 'DELETE', path: `/${INDEX}` })
  await side.call('PUT', `/${INDEX}`, {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: FIELDS_OF_INDEX },
  })
  for (const [i, document] of DOCUMENTS.entries()) await side.call('PUT', `/${INDEX}/_doc/${i}?refresh=true`, document)
}

async function ask(source: string, path: string, body: JsonObject): Promise<void> {
  const request = { method: 'POST', path, body } as const
  const [mine, other] = await Promise.all([ours.ask(request), theirs.ask(request)])
  const mismatch = compare(mine, other, excuse)
  asked++
  if (!mismatch) return
  differing++
  process.stdout.write(`${source}\n  at ${mismatch.path}: ${text(mismatch.ours)}\n  theirs: ${text(mismatch.theirs)}\n`)
}

function text(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300)
}
