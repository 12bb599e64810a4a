/**
 * A process that writes through the engine until it is killed, and says what it tried and what was acknowledged:
 * `test/crash.test.ts` kills it and its child, and asks the next one what is there. Started with one JSON argument; says
 * one JSON value a line on standard output, which is written before anything else happens.
 */
import { writeSync } from 'node:fs'
import { type Log, silentLog } from '../../../core/log.ts'
import { systemClock } from '../../../core/time.ts'
import { EmbeddedEngine } from '../embedded-engine.ts'
import { deleting, indexing, testHost, testIndex } from './test-host.ts'
import type { WriteOperation } from '../../engine.ts'

export interface CrashDriverOptions {
  readonly dataPath: string
  /** Appended documents are numbered from here on, upserted ones count from here. */
  readonly from: number
}

/** What the driver says. `child` comes again whenever the engine's process was replaced. */
export type CrashDriverLine =
  | { readonly kind: 'found'; readonly appended: readonly number[]; readonly kept: readonly (readonly [string, number])[] }
  | { readonly kind: 'child'; readonly pid: number }
  | { readonly kind: 'try' | 'acknowledged'; readonly write: CrashWrite }
  | { readonly kind: 'error'; readonly message: string }

export type CrashWrite =
  | { readonly kind: 'append'; readonly first: number; readonly count: number }
  /** `undefined`: the document is deleted. */
  | { readonly kind: 'keep'; readonly id: string; readonly value?: number }

const PAGE = 100_000
/** Documents that are replaced and deleted again and again. */
const KEPT_IDS = 50

const { dataPath, from } = JSON.parse(process.argv[2] ?? '') as CrashDriverOptions
const appended = testIndex(
  'appended',
  { n: 'long', text: 'text', device: 'keyword', at: 'date' },
  { timeField: 'at', dimensions: ['device'] },
)
const kept = testIndex('kept', { value: 'long' })
const print = (fields: object, message: string): void => void writeSync(2, `${message} ${JSON.stringify(fields)}\n`)
const log: Log = { ...silentLog, warn: print, error: print }
const engine = new EmbeddedEngine({ dataPath, host: testHost([appended, kept]), log, clock: systemClock })

function say(line: CrashDriverLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

/** All documents that a search finds, with their ids. */
async function all(index: typeof appended): Promise<{ id: string; source: Record<string, number> }[]> {
  const found: { id: string; source: Record<string, number> }[] = []
  for (let page = PAGE; page === PAGE;) {
    const { hits } = await engine.search({
      targets: [{ schema: index, query: { kind: 'all' } }],
      from: found.length,
      size: PAGE,
      sort: [],
      trackTotalHits: 0,
      trackScores: false,
      source: true,
      aggregations: [],
      maxBuckets: 0,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    })
    page = hits.length
    for (const { id, source } of hits) {
      found.push({ id, source: JSON.parse(Buffer.from(source ?? []).toString('utf8')) as Record<string, number> })
    }
  }
  return found
}

/** Leaves time to others: what is written must be read again after each kill. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}

async function write(operations: readonly WriteOperation[], tried: CrashWrite): Promise<void> {
  say({ kind: 'try', write: tried })
  const results = await engine.write(operations)
  const failed = results.find(({ outcome }) => outcome === 'failed')
  if (failed?.outcome === 'failed') say({ kind: 'error', message: failed.error.message })
  else say({ kind: 'acknowledged', write: tried })
}

/** Several at once, of sizes from one document to 500. */
async function append(writer: number): Promise<void> {
  for (let round = 0; ; round++) {
    const count = [1, 10, 100, 500][(round + writer) % 4] ?? 1
    const first = next
    next += count
    const operations = Array.from({ length: count }, (_, i) => {
      const n = first + i
      return indexing(appended, { n, text: `line ${n} of many`, device: `d${n % 7}`, at: 1_700_000_000_000 + n })
    })
    await write(operations, { kind: 'append', first, count })
    await pause()
  }
}

/** One document at a time, so that what a failed or unanswered write may have done is known. */
async function keep(id: string): Promise<void> {
  for (let value = from; ; value++) {
    if (value % 5 === 4) await write([deleting(kept, id)], { kind: 'keep', id })
    else await write([indexing(kept, { value }, { id })], { kind: 'keep', id, value })
  }
}

function reportChild(known: number): void {
  const pid = engine.childPid ?? 0
  if (pid !== known) say({ kind: 'child', pid })
  setTimeout(() => reportChild(pid), 5)
}

let next = from
await engine.start()
say({
  kind: 'found',
  appended: (await all(appended)).map(({ source }) => source['n'] ?? -1),
  kept: (await all(kept)).map(({ id, source }) => [id, source['value'] ?? -1]),
})
reportChild(0)
const working = [0, 1, 2].map(append).concat(Array.from({ length: KEPT_IDS }, (_, i) => keep(`k${i}`)))
await Promise.all(working).catch((error: unknown) => say({ kind: 'error', message: String(error) }))
