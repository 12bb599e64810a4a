import { isJsonObject } from '../../src/core/json.ts'

export interface Answer {
  readonly status: number
  readonly json: unknown
}

/** The first place where two answers are not the same. */
export interface Mismatch {
  /** `aggregations.terms_0.buckets.3.key` */
  readonly path: string
  readonly ours: unknown
  readonly theirs: unknown
  /** Of both answers: the status and, of an error, its cause. */
  readonly outcomes: readonly [Outcome, Outcome]
}

export interface Outcome {
  readonly status: number
  readonly type?: string
  readonly reason?: string
}

/** Says that a difference at a place of the answers is one of those that stay. */
export type Excuse = (path: string, ours: unknown, theirs: unknown) => boolean

/** Differ between any two servers, or between two requests to one. */
const IGNORED = new Set(['took', '_shards', 'index_uuid', 'explanations', '_ignored'])
/** What clients act on in an error: texts, places and stacks are each server's own. */
const ERROR_MEMBERS = new Set(['type', 'root_cause'])
const RELATIVE_ERROR = 1e-6
/** Aggregations that estimate, by the type that begins their name. */
const SKETCH = /(?:^|\.)(?:cardinality|percentiles|percentile_ranks|median_absolute_deviation)_/
const SKETCH_ERROR = 0.01
const SIGNIFICANT = /(?:^|\.)significant_t\w+\.buckets$/
/** Scores are 32 bits wide on the other side, and are multiplied in functions of them. */
const SCORE = /(?:_score|max_score|^explanation\.value)$/
const SCORE_ERROR = 2e-5

/** @returns `undefined` when the answers agree */
export function compare(ours: Answer, theirs: Answer, excuse: Excuse): Mismatch | undefined {
  const outcomes = [outcome(ours), outcome(theirs)] as const
  if (ours.status !== theirs.status) return { path: 'status', ours: outcomes[0], theirs: outcomes[1], outcomes }
  const found = differ(ours.json, theirs.json, '', excuse)
  return found && { ...found, outcomes }
}

function differ(ours: unknown, theirs: unknown, path: string, excuse: Excuse): Omit<Mismatch, 'outcomes'> | undefined {
  if (typeof ours === 'number' && typeof theirs === 'number' && near(ours, theirs, path)) return undefined
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (path.endsWith('hits.hits')) return differInOrder(sortTies(ours), sortTies(theirs), path, excuse)
    if (SIGNIFICANT.test(path)) return differInOrder(sortSignificant(ours), sortSignificant(theirs), path, excuse)
    return differInOrder(ours, theirs, path, excuse)
  }
  if (isJsonObject(ours) && isJsonObject(theirs)) {
    const inError = /(?:^|\.)(?:error|root_cause\.\d+)$/.test(path)
    for (const key of new Set(['error', ...Object.keys(theirs), ...Object.keys(ours)])) {
      if (IGNORED.has(key) || (inError && !ERROR_MEMBERS.has(key))) continue
      if (path === 'explanation' && key !== 'value') continue
      const found = differ(ours[key], theirs[key], path === '' ? key : `${path}.${key}`, excuse)
      if (found) return found
    }
    return undefined
  }
  return ours === theirs || excuse(path, ours, theirs) ? undefined : { path, ours, theirs }
}

function differInOrder(
  ours: readonly unknown[],
  theirs: readonly unknown[],
  path: string,
  excuse: Excuse,
): ReturnType<typeof differ> {
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const found = differ(ours[at], theirs[at], `${path}.${at}`, excuse)
    if (found) return found
  }
  return undefined
}

/** Hits with the same score, which come in any order where nothing else sorts them, by their ids. */
function sortTies(hits: readonly unknown[]): readonly unknown[] {
  const scored = hits.map((hit) =>
    isJsonObject(hit) ? { hit, score: hit['_score'], id: String(hit['_id']), isSorted: isSortedByMore(hit) } : undefined,
  )
  if (scored.some((one) => one === undefined || typeof one.score !== 'number' || one.isSorted)) return hits
  const groups: { readonly score: number; readonly hits: { readonly id: string; readonly hit: unknown }[] }[] = []
  for (const one of scored) {
    if (one === undefined) continue
    const last = groups.at(-1)
    const score = Number(one.score)
    if (last && Math.abs(last.score - score) <= SCORE_ERROR * Math.abs(score)) last.hits.push(one)
    else groups.push({ score, hits: [one] })
  }
  return groups.flatMap((group) => group.hits.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ hit }) => hit))
}

/** By something else than its score. */
function isSortedByMore({ sort, _score: score }: Readonly<Record<string, unknown>>): boolean {
  return sort !== undefined && !(Array.isArray(sort) && sort.length === 1 && sort[0] === score)
}

/** Terms of the same significance come in the order of a hash map. */
function sortSignificant(buckets: readonly unknown[]): readonly unknown[] {
  const score = (bucket: unknown): number => (isJsonObject(bucket) ? Number(bucket['score']) : NaN)
  const key = (bucket: unknown): string => (isJsonObject(bucket) ? String(bucket['key']) : '')
  const isTie = (a: number, b: number): boolean => Math.abs(a - b) <= RELATIVE_ERROR * Math.abs(b)
  return buckets.toSorted((a, b) => {
    const [x, y] = [score(a), score(b)]
    return isTie(x, y) ? (key(a) < key(b) ? -1 : 1) : y - x
  })
}

function near(a: number, b: number, path: string): boolean {
  const error = SKETCH.test(path) ? SKETCH_ERROR : SCORE.test(path) ? SCORE_ERROR : RELATIVE_ERROR
  return a === b || Math.abs(a - b) <= error * Math.max(Math.abs(a), Math.abs(b)) || Math.abs(a - b) < 1e-9
}

/** What came of a request: of an error its root cause. */
export function outcome({ status, json }: Answer): Outcome {
  const error = isJsonObject(json) ? json['error'] : undefined
  if (!isJsonObject(error)) return { status }
  const cause = (error['root_cause'] as unknown[] | undefined)?.[0]
  const { type, reason } = isJsonObject(cause) ? cause : error
  return { status, type: String(type), reason: String(reason) }
}
