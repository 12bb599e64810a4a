import type { AggregationResult, AggregationResults } from '../../../query/aggregation.ts'
import type { EngineSearch, EngineSearchResult } from '../../engine.ts'
import type { Target } from './target.ts'

/** Memory of all remembered answers, about. */
const MAX_BYTES = 20 * 1024 * 1024
/** The same of one answer; a larger one would push out those of whole dashboards. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024
/** Of an entry without its key, or of one bucket or hit. */
const BUCKET_BYTES = 200
/** Of a value, or what else an aggregation comes to. */
const VALUE_BYTES = 1000

type Answer = Omit<EngineSearchResult, 'known'>

/** What answers about one index take and took. */
export interface AnswerUsage {
  /** Its share of the memory, where answers are about several. */
  readonly bytes: number
  /** Answers that went because there was no room for them. */
  readonly evicted: number
}

interface Entry {
  readonly answer: Answer
  readonly bytes: number
  /** The indices that it is about. */
  readonly uuids: readonly string[]
}

/**
 * Answers without hits, as of the last sequence number that searches see of each index: every write takes a new one, so an
 * answer holds until the next. This is Elasticsearch's shard request cache.
 */
export class KnownAnswers {
  readonly #known = new Map<string, Entry>()
  readonly #usage = new Map<string, { bytes: number; evicted: number }>()
  #bytes = 0

  get(key: string): Answer | undefined {
    const found = this.#known.get(key)
    if (found === undefined) return undefined
    // The one that was asked for longest ago goes first.
    this.#known.delete(key)
    this.#known.set(key, found)
    return found.answer
  }

  learn(key: string, uuids: readonly string[], answer: Answer): void {
    const bytes = BUCKET_BYTES + key.length + bytesOf(answer.aggregations)
    if (answer.timedOut || bytes > MAX_ANSWER_BYTES) return
    this.#forget(key)
    const entry = { answer, bytes, uuids }
    this.#known.set(key, entry)
    this.#count(entry, 1)
    for (const [oldest, { uuids: among }] of this.#known) {
      if (this.#bytes <= MAX_BYTES) break
      this.#forget(oldest)
      for (const uuid of among) this.#usageOf(uuid).evicted += 1
    }
  }

  /** Forgets what is about any of these indices. */
  clear(uuids: readonly string[]): void {
    const gone = new Set(uuids)
    for (const [key, entry] of this.#known) if (entry.uuids.some((uuid) => gone.has(uuid))) this.#forget(key)
  }

  /** Of an index that is deleted. */
  drop(uuid: string): void {
    this.clear([uuid])
    this.#usage.delete(uuid)
  }

  usage(uuid: string): AnswerUsage {
    return this.#usage.get(uuid) ?? { bytes: 0, evicted: 0 }
  }

  #usageOf(uuid: string): { bytes: number; evicted: number } {
    const usage = this.#usage.get(uuid) ?? { bytes: 0, evicted: 0 }
    this.#usage.set(uuid, usage)
    return usage
  }

  #forget(key: string): void {
    const entry = this.#known.get(key)
    if (entry === undefined) return
    this.#known.delete(key)
    this.#count(entry, -1)
  }

  #count({ bytes, uuids }: Entry, sign: 1 | -1): void {
    this.#bytes += sign * bytes
    const share = Math.ceil(bytes / uuids.length)
    for (const uuid of uuids) {
      const usage = this.#usageOf(uuid)
      usage.bytes += sign * share
      if (usage.bytes === 0 && usage.evicted === 0) this.#usage.delete(uuid)
    }
  }
}

/**
 * All that an answer without hits follows from; `undefined` where that is more than data: scripts, or what they make of
 * documents for this one search. Dates relative to now are instants by now.
 */
export function answerKey(request: EngineSearch, open: readonly Target[]): string | undefined {
  if (request.mayBeKnown !== true || request.size > 0 || open.some(({ scope }) => scope.scored !== undefined)) return undefined
  const { aggregations, trackTotalHits, minScore, maxBuckets } = request
  const asked = open.map(({ position, layout: { uuid, visibleSeqNo } }) => {
    const { query, seqNoFrom, seqNoTo, seqNoBefore } = request.targets[position] ?? {}
    return { position, uuid, visibleSeqNo, query, seqNoFrom, seqNoTo, seqNoBefore }
  })
  return dataText({ asked, aggregations, trackTotalHits, minScore, maxBuckets })
}

/** Plain data as text, different for all that is different; `undefined` for what holds anything else. */
function dataText(value: unknown): string | undefined {
  let isData = true
  const text = JSON.stringify(value, (_, one: unknown) => {
    switch (typeof one) {
      case 'number':
        return Number.isFinite(one) && !Object.is(one, -0) ? one : { number: Object.is(one, -0) ? '-0' : String(one) }
      case 'bigint':
        return { bigint: String(one) }
      case 'function':
        isData = false
        return undefined
      case 'object': {
        if (one instanceof Uint8Array) return { bytes: Buffer.from(one).toString('latin1') }
        const prototype: unknown = one === null ? null : Object.getPrototypeOf(one)
        if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) isData = false
        return isData ? one : undefined
      }
      default:
        return one
    }
  })
  return isData ? text : undefined
}

function bytesOf(results: AggregationResults): number {
  return [...results.values()].reduce((sum, result) => sum + bytesOfOne(result), 0)
}

function bytesOfOne(result: AggregationResult): number {
  switch (result.kind) {
    case 'buckets':
      return result.buckets.reduce((sum, { children }) => sum + BUCKET_BYTES + bytesOf(children), BUCKET_BYTES)
    case 'single':
      return BUCKET_BYTES + bytesOf(result.children)
    case 'hits':
      return result.hits.reduce((sum, { source }) => sum + 2 * BUCKET_BYTES + (source?.length ?? 0), BUCKET_BYTES)
    default:
      return VALUE_BYTES
  }
}
