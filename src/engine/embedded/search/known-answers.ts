import type { AggregationResult, AggregationResults } from '../../../query/aggregation.ts'
import type { EngineSearch, EngineSearchResult } from '../../engine.ts'
import type { Target } from './target.ts'

/** Buckets and hits of all remembered answers, 100 to 300 bytes each. */
const MAX_WEIGHT = 100_000
/** The same of one answer; a larger one would push out those of whole dashboards. */
const MAX_ANSWER_WEIGHT = 10_000

type Answer = Omit<EngineSearchResult, 'known'>

/**
 * Answers without hits, as of the last sequence number that searches see of each index: every write takes a new one, so an
 * answer holds until the next. This is Elasticsearch's shard request cache.
 */
export class KnownAnswers {
  readonly #known = new Map<string, { readonly answer: Answer; readonly weight: number }>()
  #weight = 0

  get(key: string): Answer | undefined {
    const found = this.#known.get(key)
    if (found === undefined) return undefined
    // The one that was asked for longest ago goes first.
    this.#known.delete(key)
    this.#known.set(key, found)
    return found.answer
  }

  learn(key: string, answer: Answer): void {
    const weight = 1 + key.length / 100 + weightOf(answer.aggregations)
    if (answer.timedOut || weight > MAX_ANSWER_WEIGHT) return
    this.#forget(key)
    this.#known.set(key, { answer, weight })
    this.#weight += weight
    for (const [oldest] of this.#known) {
      if (this.#weight <= MAX_WEIGHT) break
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#weight -= this.#known.get(key)?.weight ?? 0
    this.#known.delete(key)
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

function weightOf(results: AggregationResults): number {
  return [...results.values()].reduce((sum, result) => sum + weightOfOne(result), 0)
}

function weightOfOne(result: AggregationResult): number {
  switch (result.kind) {
    case 'buckets':
      return result.buckets.reduce((sum, { children }) => sum + 1 + weightOf(children), 1)
    case 'single':
      return 1 + weightOf(result.children)
    case 'hits':
      return result.hits.reduce((sum, { source }) => sum + 2 + (source?.length ?? 0) / 100, 1)
    default:
      return 5
  }
}
