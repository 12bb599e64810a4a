import type { JsonObject } from '../core/json.ts'
import type { EpochMillis } from '../core/time.ts'
import type { AggregationResults, EngineHitRef, NamedAggregation } from '../query/aggregation.ts'
import type { Analysis } from '../query/analysis/analysis.ts'
import type { Query } from '../query/ast.ts'
import type { Field, FieldLookup, FieldValue } from '../query/field.ts'
import type { NestedObjects } from '../query/nested-objects.ts'
import type { SortKey } from '../query/sort.ts'

/**
 * The seam between Elkhorn and what stores and searches: a data plane, nothing more. Names, templates, data streams,
 * aliases, mappings, lifecycle, security and ingest live above it and are the same on every engine.
 *
 * An index is known here by its `uuid`; a name may be given to a new index the moment the old one is deleted.
 */
export interface Engine {
  readonly kind: 'embedded' | 'cluster' | 'memory'

  /** Opens the store and replays what was acknowledged but not stored yet. Searches and writes wait for it. */
  start(): Promise<void>
  /** Stores what is pending and closes. Later calls are refused. */
  stop(): Promise<void>

  /** Makes an index usable. Cheap: nothing is stored before its first document. Idempotent for the same uuid. */
  createIndex(schema: IndexSchema): Promise<void>
  /** Deletes an index and its documents. Unknown uuids are ignored. */
  deleteIndex(uuid: string): Promise<void>

  /**
   * Applies operations to one or several indices, in order within each index. Resolves when all of them are durable:
   * a crash after that loses none. Results come in the order of the operations; one that fails stops no other.
   * @throws ElkhornError `es_rejected_execution_exception` (429) when the queue is full; nothing was written then.
   */
  write(operations: readonly WriteOperation[]): Promise<readonly WriteResult[]>

  /** The newest version of a document, whether searchable yet or not. `undefined` when there is none. */
  get(schema: IndexSchema, id: string): Promise<StoredDocument | undefined>
  /** As `get`, one answer per id in their order. */
  getMany(schema: IndexSchema, ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>

  /** Makes everything written before this call searchable. */
  refresh(uuids: readonly string[]): Promise<void>
  /** Resolves when everything written before this call has become searchable by itself (`refresh=wait_for`). */
  waitUntilSearchable(uuids: readonly string[]): Promise<void>

  /** @throws ElkhornError when a limit is hit; rejects with the signal's reason when it is aborted, and stops the work. */
  search(request: EngineSearch): Promise<EngineSearchResult>
  /** Nested objects within hits: of each holder the first that match, and how many do. Pages come in the order of the holders. */
  innerHits(request: EngineInnerHits): Promise<readonly EngineInnerPage[]>
  /** Whether an index may hold a match, by what is known without looking into it. */
  mayMatch(target: SearchTarget): boolean
  /** Counts matching documents: `search` without hits, exact. */
  count(targets: readonly SearchTarget[], signal: AbortSignal): Promise<number>

  stats(uuids: readonly string[]): Promise<ReadonlyMap<string, IndexStats>>
  /** Forgets answers about these indices that were given before. */
  forgetAnswers(uuids: readonly string[]): void
  /** Merges what is stored into as few parts as possible. */
  forceMerge(uuids: readonly string[]): Promise<void>
  /** Called after documents of an index became searchable, at most a few times a second per index. Returns a way out. */
  onSearchable(listener: (uuid: string, upToSeqNo: number) => void): () => void
}

/** An index as an engine needs to know it. `fields` grows under the engine's feet: new fields need no call. */
export interface IndexSchema {
  readonly uuid: string
  readonly name: string
  readonly fields: FieldLookup
  /** Objects that are documents of their own; absent: none. They grow as fields do. */
  readonly nested?: readonly NestedObjects[]
  /** Analyzers of `text` fields and normalizers of keywords, by the names that field parameters use. */
  readonly analysis: Analysis
  /** The date field whose time decides where documents lie and which indices a time range can skip: `@timestamp`. */
  readonly timeField: string | undefined
  /** Fields by which documents are stored together, most telling first. */
  readonly dimensions: readonly string[]
  /** Default documents per request and window, and other settings that searches obey. */
  readonly createdAt: EpochMillis
}

export interface WriteOperation {
  readonly index: IndexSchema
  /** `create` fails where the id exists; `delete` has no source. */
  readonly kind: 'index' | 'create' | 'delete'
  /** Absent: the engine makes one. */
  readonly id?: string
  /** The document as its author wrote it, byte for byte. Must not change until `write` resolves. */
  readonly source?: Uint8Array
  /** `source`, parsed, where somebody has it so; otherwise the mapper reads it. */
  readonly document?: JsonObject
  readonly routing?: string
  readonly ifSeqNo?: number
  readonly ifPrimaryTerm?: number
  /** With `versionType`: the version the author gives. */
  readonly version?: number
  readonly versionType?: 'external' | 'external_gte'
}

export type WriteResult =
  | {
      readonly outcome: 'created' | 'updated' | 'deleted' | 'not_found'
      readonly id: string
      readonly seqNo: number
      readonly primaryTerm: number
      readonly version: number
    }
  /** A caller's error (`version_conflict_engine_exception`, `document_parsing_exception`, …) for this operation alone. */
  | { readonly outcome: 'failed'; readonly id: string | undefined; readonly error: Error }

/**
 * Turns a document into typed values, and tells when the index learns new fields from it. `index/` gives one to the
 * engine, which calls it once a document is sure to be stored, and again for every document it replays after a crash.
 * An operation is such a document itself. Its bytes are parsed here, where nobody did before: so the parsed documents of a
 * batch are garbage one after the other, which costs half as much as all of them at once.
 * @throws ElkhornError `document_parsing_exception` and its kin; then `out` is not read.
 */
export type DocumentMapper = (index: IndexSchema, document: DocumentToMap, out: MappedValues) => void

export interface DocumentToMap {
  /** Stands in errors. */
  readonly id?: string
  /** As its author wrote it; also tells `20.0` from `20` where a new field is learned. */
  readonly source?: Uint8Array
  /** `source`, parsed, where its author has it so. */
  readonly document?: JsonObject
}

/** What an engine asks of `index/`, given to it when it is made. */
export interface EngineHost {
  readonly map: DocumentMapper
  readonly schemaByUuid: SchemaByUuid
  /**
   * Resolves when the fields of all documents mapped so far are durable. An engine waits for it before it writes columns
   * of them: after a crash the same field must have the same ordinal.
   */
  fieldsDurable(): Promise<void>
}

/** Resolves an index that the log mentions; `undefined` when it was deleted since. */
export type SchemaByUuid = (uuid: string) => IndexSchema | undefined

/** Filled by a `DocumentMapper`, read at once by the engine, and used again: one allocation for all documents. */
export class MappedValues {
  length = 0
  readonly fields: Field[] = []
  /** `values[i]` belongs to `fields[i]`. A field with several values stands there several times, in document order. */
  readonly values: FieldValue[] = []
  /** Nested objects, in the order in which they begin in the document; what they hold is not among the values above. */
  readonly objects: MappedObject[] = []
  #counts: Map<string, number> | undefined

  clear(): void {
    this.length = 0
    if (this.objects.length === 0) return
    this.objects.length = 0
    this.#counts?.clear()
  }

  /** @param around numbers of the nested objects that hold it, outermost first */
  addObject(nested: NestedObjects, around: readonly number[]): MappedObject {
    const counts = (this.#counts ??= new Map())
    const number = counts.get(nested.path) ?? 0
    counts.set(nested.path, number + 1)
    const object = { nested, number, around: [...around], values: new MappedValues() }
    this.objects.push(object)
    return object
  }

  addAll({ fields, values, length }: MappedValues): void {
    for (let i = 0; i < length; i++) {
      const [field, value] = [fields[i], values[i]]
      if (field !== undefined && value !== undefined) this.add(field, value)
    }
  }

  add(field: Field, value: FieldValue): void {
    this.fields[this.length] = field
    this.values[this.length] = value
    this.length += 1
  }
}

/** A nested object of a document. */
export interface MappedObject {
  readonly nested: NestedObjects
  /** Its place among the document's objects of the same path, from 0. */
  readonly number: number
  /** The numbers of the nested objects that hold it, outermost first. */
  readonly around: readonly number[]
  readonly values: MappedValues
}

/** Nested objects of one path that a document may have: their numbers are part of what identifies them. */
export const MAX_OBJECTS = 65_536

export interface StoredDocument {
  readonly id: string
  readonly seqNo: number
  readonly primaryTerm: number
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}

/** One index of a search, with what is asked of it: aliases' filters and document-level security are in `query`. */
export interface SearchTarget {
  readonly schema: IndexSchema
  readonly query: Query
  /** Fields that scripts compute while this search runs, by path; the schema does not know them. */
  readonly computed?: { computed(path: string): Field | undefined }
  /** Only documents of this range of sequence numbers, both included: live tails and points in time. */
  readonly seqNoFrom?: number
  readonly seqNoTo?: number
  /** Of the documents that are seen so only those with smaller sequence numbers: a slice of a point in time. */
  readonly seqNoBefore?: number
}

export interface EngineSearch {
  readonly targets: readonly SearchTarget[]
  /** Hits wanted, from the `from`th on. Both 0 for none. */
  readonly from: number
  readonly size: number
  /** Empty: by score where the query scores, else in order of arrival. */
  readonly sort: readonly SortKey[]
  /** Sort values of the last hit of the page before; as many as there are sort keys. */
  readonly searchAfter?: readonly (FieldValue | null)[]
  /** Count matches up to this many; `Infinity` for all of them, 0 for no total. */
  readonly trackTotalHits: number
  readonly trackScores: boolean
  readonly minScore?: number
  /** Whether hits carry their source. */
  readonly source: boolean
  readonly aggregations: readonly NamedAggregation[]
  /** An answer without hits may be one that was given before, as long as nothing was written since. */
  readonly mayBeKnown?: boolean
  /** Buckets of one answer, all levels together, before `too_many_buckets_exception`. */
  readonly maxBuckets: number
  /** After this long the search answers with what it has and `timedOut`, or fails where it has nothing. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type EngineHit = EngineHitRef

export interface EngineInnerHits {
  readonly schema: IndexSchema
  /** What hits say of where they are from. */
  readonly target: number
  /** Path of the objects. */
  readonly path: string
  /** About those objects. */
  readonly query: Query
  /** As a search target's. */
  readonly computed?: SearchTarget['computed']
  /** Hits of the index: documents, or nested objects of one path that hold the others. */
  readonly holders: readonly Pick<EngineHit, 'seqNo' | 'object'>[]
  readonly from: number
  readonly size: number
  /** Empty: by score. */
  readonly sort: readonly SortKey[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface EngineInnerPage {
  readonly total: number
  readonly maxScore: number | null
  readonly hits: readonly EngineHit[]
}

export interface EngineSearchResult {
  readonly hits: readonly EngineHit[]
  /** `undefined` when none was asked for. `gte`: there are at least so many. */
  readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' } | undefined
  readonly maxScore: number | null
  readonly aggregations: AggregationResults
  readonly timedOut: boolean
  /** Whether it had been given before; absent for answers that are not remembered. */
  readonly known?: boolean
}

export interface IndexStats {
  /** Live documents, also those that are not searchable yet. */
  readonly documents: number
  /** Superseded or deleted documents that still take room. */
  readonly deletedDocuments: number
  readonly storedBytes: number
  readonly parts: number
  readonly maxSeqNo: number
  readonly minTime: EpochMillis | undefined
  readonly maxTime: EpochMillis | undefined
  /** Memory of answers that are remembered, and how many were forgotten because there was no room for them. */
  readonly answers: { readonly bytes: number; readonly evicted: number }
}
