import type { EngineHitRef, NestedPlace } from '../../query/aggregation.ts'
import type { FieldLookup } from '../../query/field.ts'
import type { ScopePath } from '../../query/nested-objects.ts'
import type { SortKey } from '../../query/sort.ts'
import { nextVersion, PRIMARY_TERM } from '../embedded/ids/versions.ts'
import {
  MappedValues,
  type DocumentMapper,
  type Engine,
  type EngineInnerHits,
  type EngineInnerPage,
  type EngineSearch,
  type EngineSearchResult,
  type IndexSchema,
  type IndexStats,
  type SearchTarget,
  type StoredDocument,
  type WriteOperation,
  type WriteResult,
} from '../engine.ts'
import { aggregate } from './aggregate.ts'
import { ComputedValues, withComputed } from './computed-values.ts'
import type { MemoryDocument } from './document.ts'
import { compileQuery } from './evaluate.ts'
import { newDocument } from './new-document.ts'
import { compareArrival, compareRows, sortValues, type Match, type SortValues } from './sort-hits.ts'
import { IndexStatistics } from './statistics.ts'

interface MemoryIndex {
  readonly schema: IndexSchema
  /** All versions of all documents in the order of their sequence numbers. */
  readonly documents: MemoryDocument[]
  readonly newest: Map<
    string,
    { readonly document: MemoryDocument | undefined; readonly seqNo: number; readonly version: number }
  >
  nextSeqNo: number
}

/**
 * An engine that keeps everything in memory and finds it by looking at every document: the oracle that tests hold other
 * engines against, and a stand-in where none is at hand. What was written is searchable at once.
 */
export class MemoryEngine implements Engine {
  readonly kind = 'memory'
  private readonly map: DocumentMapper
  private readonly indices = new Map<string, MemoryIndex>()
  private readonly listeners = new Set<(uuid: string, upToSeqNo: number) => void>()

  constructor(map: DocumentMapper) {
    this.map = map
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }

  createIndex(schema: IndexSchema): Promise<void> {
    this.index(schema)
    return Promise.resolve()
  }

  deleteIndex(uuid: string): Promise<void> {
    this.indices.delete(uuid)
    return Promise.resolve()
  }

  write(operations: readonly WriteOperation[]): Promise<readonly WriteResult[]> {
    const results = operations.map((operation) => this.writeOne(operation))
    for (const uuid of new Set(operations.map(({ index }) => index.uuid))) {
      const upTo = (this.indices.get(uuid)?.nextSeqNo ?? 0) - 1
      for (const listener of this.listeners) listener(uuid, upTo)
    }
    return Promise.resolve(results)
  }

  get(schema: IndexSchema, id: string): Promise<StoredDocument | undefined> {
    const document = this.index(schema).newest.get(id)?.document
    return Promise.resolve(document && { ...document, primaryTerm: PRIMARY_TERM })
  }

  getMany(schema: IndexSchema, ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]> {
    return Promise.all(ids.map((id) => this.get(schema, id)))
  }

  refresh(): Promise<void> {
    return Promise.resolve()
  }

  waitUntilSearchable(): Promise<void> {
    return Promise.resolve()
  }

  // oxlint-disable-next-line require-await -- errors become rejections
  async search(request: EngineSearch): Promise<EngineSearchResult> {
    request.signal.throwIfAborted()
    const { targets, sort, minScore } = request
    const searched = targets.map((target) => ({ target, documents: withComputed(this.visible(target), target) }))
    const statistics = searched.map(({ target, documents }) => new IndexStatistics(documents, undefined, target.schema.fields))
    const compile = (query: SearchTarget['query'], position: number, scope: ScopePath = ''): ReturnType<typeof compileQuery> => {
      const own = statistics[position] ?? new IndexStatistics([])
      return compileQuery(query, scope === '' ? own : own.nested(scope))
    }
    const matches: Match[] = []
    const everything: Match[] = []
    for (const [position, { target, documents }] of searched.entries()) {
      const evaluate = compile(target.query, position)
      for (const document of documents) {
        const score = evaluate(document)
        if (document.values instanceof ComputedValues) document.values.score = Math.fround(score ?? 0)
        everything.push({ document, target: position, score: score ?? 0 })
        if (score !== undefined && (minScore === undefined || score >= minScore))
          matches.push({ document, target: position, score: Math.fround(score) })
      }
    }
    const fieldsOf = ({ target }: Match): FieldLookup => targets[target]?.schema.fields ?? noFields
    const scored = request.trackScores || sort.length === 0 || sort.some(({ field }) => field === '_score')
    const toHit = (match: Match, keys: readonly SortKey[]): EngineHitRef => ({
      target: match.target,
      id: match.document.id,
      seqNo: match.document.seqNo,
      version: match.document.version,
      routing: match.document.routing,
      source: match.document.source,
      score: match.score,
      sort: sortValues(match, keys, fieldsOf(match)),
      ...(match.document.object && { object: placeOf(match.document.object) }),
    })
    const page = pageOf(matches, request, fieldsOf)
    return {
      hits: page.map((match) => ({
        ...toHit(match, sort),
        source: request.source ? match.document.source : undefined,
        score: scored ? match.score : null,
      })),
      total: totalOf(matches.length, request.trackTotalHits),
      maxScore: scored && request.size > 0 && matches.length > 0 ? Math.max(...matches.map(({ score }) => score)) : null,
      aggregations: aggregate(request.aggregations, matches, {
        everything,
        compile,
        toHit,
        fieldsOf,
        maxBuckets: request.maxBuckets,
      }),
      timedOut: false,
    }
  }

  // oxlint-disable-next-line require-await -- errors become rejections
  async innerHits({
    schema,
    target,
    path,
    query,
    computed,
    holders,
    from,
    size,
    sort,
  }: EngineInnerHits): Promise<EngineInnerPage[]> {
    const all: SearchTarget = { schema, query, ...(computed && { computed }) }
    const documents = withComputed(this.visible(all), all)
    const evaluate = compileQuery(query, new IndexStatistics(documents).nested(path))
    return holders.map(({ seqNo, object }) => {
      const document = documents.find((one) => one.seqNo === seqNo)
      const holder =
        object === undefined ? document : document?.objects.get(object.path)?.find((one) => one.object?.number === object.number)
      const matches = (holder?.objects.get(path) ?? []).flatMap((one): Match[] => {
        const score = evaluate(one)
        return score === undefined ? [] : [{ document: one, target, score: Math.fround(score) }]
      })
      const isScored = sort.length === 0 || sort.some(({ field }) => field === '_score')
      const keys: readonly SortKey[] = sort.length > 0 ? sort : [{ field: '_score', order: 'desc', missing: 'last', mode: 'max' }]
      const rows = matches
        .map((match) => ({ match, row: sortValues(match, keys, schema.fields) }))
        .toSorted((a, b) => compareRows(a.row, b.row, keys) || compareArrival(a.match, b.match))
      return {
        total: matches.length,
        maxScore: isScored && matches.length > 0 ? Math.max(...matches.map(({ score }) => score)) : null,
        hits: rows.slice(from, from + size).map(({ match, row }) => ({
          target,
          id: match.document.id,
          seqNo,
          version: match.document.version,
          source: match.document.source,
          score: isScored ? match.score : null,
          sort: sort.length > 0 ? row : [],
          ...(match.document.object && { object: placeOf(match.document.object) }),
        })),
      }
    })
  }

  mayMatch(): boolean {
    return true
  }

  async count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number> {
    const { total } = await this.search({
      targets,
      from: 0,
      size: 0,
      sort: [],
      trackTotalHits: Infinity,
      trackScores: false,
      source: false,
      aggregations: [],
      maxBuckets: 0,
      timeoutMs: Infinity,
      signal,
    })
    return total?.value ?? 0
  }

  stats(uuids: readonly string[]): Promise<ReadonlyMap<string, IndexStats>> {
    const all = new Map<string, IndexStats>()
    for (const uuid of uuids) {
      const index = this.indices.get(uuid)
      if (!index) continue
      const live = index.documents.filter(({ superseded }) => superseded === undefined)
      const { timeField } = index.schema
      const times = timeField === undefined ? [] : live.flatMap(({ values }) => (values.get(timeField) ?? []).map(Number))
      all.set(uuid, {
        documents: live.length,
        deletedDocuments: index.documents.length - live.length,
        storedBytes: index.documents.reduce((sum, { source }) => sum + source.length, 0),
        parts: index.documents.length > 0 ? 1 : 0,
        maxSeqNo: index.nextSeqNo - 1,
        minTime: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
        maxTime: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
        answers: { bytes: 0, evicted: 0 },
      })
    }
    return Promise.resolve(all)
  }

  /** None is remembered. */
  forgetAnswers(): void {}

  forceMerge(): Promise<void> {
    return Promise.resolve()
  }

  onSearchable(listener: (uuid: string, upToSeqNo: number) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private index(schema: IndexSchema): MemoryIndex {
    let index = this.indices.get(schema.uuid)
    if (!index) {
      index = { schema, documents: [], newest: new Map(), nextSeqNo: 0 }
      this.indices.set(schema.uuid, index)
    }
    return index
  }

  private writeOne(operation: WriteOperation): WriteResult {
    const index = this.index(operation.index)
    const id = operation.id ?? `m${index.nextSeqNo}`
    try {
      const before = index.newest.get(id)
      const current = before && { seqNo: before.seqNo, version: before.version, deleted: before.document === undefined }
      const version = nextVersion(operation, id, current)
      const mapped = operation.kind === 'delete' ? undefined : this.mapDocument(operation, id)
      const seqNo = index.nextSeqNo++
      if (before?.document) before.document.superseded = seqNo
      const document =
        mapped &&
        newDocument({ id, seqNo, version, routing: operation.routing, source: mapped.source }, mapped.out, operation.index)
      if (document) index.documents.push(document)
      index.newest.set(id, { document, seqNo, version })
      const existed = before?.document !== undefined
      const outcome = document ? (existed ? 'updated' : 'created') : existed ? 'deleted' : 'not_found'
      return { outcome, id, seqNo, primaryTerm: PRIMARY_TERM, version }
    } catch (error) {
      if (error instanceof Error) return { outcome: 'failed', id, error }
      throw error
    }
  }

  private mapDocument(operation: WriteOperation, id: string): { readonly source: Uint8Array; readonly out: MappedValues } {
    const { index, source } = operation
    if (!source) throw new Error(`operation on [${id}] has no source`)
    const out = new MappedValues()
    this.map(index, { ...operation, id }, out)
    return { source, out }
  }

  /** Documents that a search sees: as of a sequence number, or now. */
  private visible({
    schema,
    seqNoFrom = 0,
    seqNoTo = Infinity,
    seqNoBefore = Infinity,
  }: SearchTarget): readonly MemoryDocument[] {
    const documents = this.indices.get(schema.uuid)?.documents ?? []
    return documents.filter(
      ({ seqNo, superseded }) =>
        seqNo >= seqNoFrom && seqNo <= seqNoTo && seqNo < seqNoBefore && (superseded === undefined || superseded > seqNoTo),
    )
  }
}

const placeOf = ({ path, number }: NonNullable<MemoryDocument['object']>): NestedPlace => ({ path, number })

const noFields: FieldLookup = { find: () => undefined, match: () => [], all: () => [] }

function pageOf(
  matches: readonly Match[],
  { from, size, sort, searchAfter }: EngineSearch,
  fieldsOf: (match: Match) => FieldLookup,
): readonly Match[] {
  const rows = matches.map((match): { match: Match; row: SortValues } => ({
    match,
    row: sortValues(match, sort, fieldsOf(match)),
  }))
  const after = searchAfter ? rows.filter(({ row }) => compareRows(row, searchAfter, sort) > 0) : rows
  return after
    .toSorted(
      (a, b) =>
        (sort.length === 0 ? b.match.score - a.match.score : compareRows(a.row, b.row, sort)) || compareArrival(a.match, b.match),
    )
    .slice(from, from + size)
    .map(({ match }) => match)
}

function totalOf(found: number, upTo: number): EngineSearchResult['total'] {
  if (upTo === 0) return undefined
  return found > upTo ? { value: upTo, relation: 'gte' } : { value: found, relation: 'eq' }
}
