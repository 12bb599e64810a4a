import type { Principal } from '../core/access.ts'
import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { parseEventJson, printFields } from '../core/event-json.ts'
import type { MetadataSection } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import { IngestDocument, METADATA_FIELDS } from '../plugins/processors/ingest-document.ts'
import { processors } from '../plugins/processors/index.ts'
import type { ProcessorContext } from '../plugins/processors/processor.ts'
import type { Scripts } from '../script/scripts.ts'
import { compilePipeline, MissingPipelineError, runPipeline, toError, type Observer, type Pipeline } from './pipeline.ts'

type Fields = Record<string, unknown>

const types = new Map(processors.map((type) => [type.name, type]))

/** Pipelines within pipelines. */
const MAX_NESTED_PIPELINES = 100

export interface IngestParts {
  /** Pipelines by id, as the text that was put. */
  readonly stored: MetadataSection<string>
  readonly clock: Clock
  readonly scripts: Scripts
  readonly grokPatterns: ProcessorContext['grokPatterns']
  readonly userAgents: ProcessorContext['userAgents']
  readonly geoDatabase: ProcessorContext['geoDatabase']
  readonly enrichTable: ProcessorContext['enrichTable']
}

/** A document as it enters the pipelines. */
export interface IngestInput {
  readonly index: string
  readonly id: string | undefined
  readonly routing: string | undefined
  readonly version?: number
  readonly versionType?: string
  readonly source: Uint8Array
  readonly principal?: Principal
}

/** A document as it leaves them; `undefined` for one that was dropped. */
export interface IngestOutput {
  readonly index: string
  readonly id: string | undefined
  readonly routing: string | undefined
  readonly ifSeqNo?: number
  readonly ifPrimaryTerm?: number
  readonly source: Uint8Array
  /** Whether `reroute` sent it elsewhere, where the pipelines of that place come next. */
  readonly rerouted: boolean
}

/** What a pipeline has done since the start. */
export interface PipelineCounts {
  count: number
  failed: number
  timeMs: number
}

/** The ingest pipelines: stored, compiled once, run on every document that they are for. */
export class IngestPipelines {
  readonly #parts: IngestParts
  readonly #compiled = new Map<string, Pipeline>()
  readonly #counts = new Map<string, PipelineCounts>()

  constructor(parts: IngestParts) {
    this.#parts = parts
  }

  // --- the stored ones ---

  /** The definition as it was put; `undefined` for none. */
  get(id: string): Fields | undefined {
    const text = this.#parts.stored.get(id)
    return text === undefined ? undefined : (parseEventJson(text) as Fields)
  }

  /** Ids that one of the names or wildcards means. */
  list(names: readonly string[]): readonly string[] {
    return [...this.#parts.stored.entries()]
      .map(([id]) => id)
      .filter((id) => names.some((name) => name === id || matchesWildcard(name, id)))
      .toSorted()
  }

  /** @throws ElkhornError `parse_exception` for what is wrong with it */
  async put(id: string, body: string): Promise<void> {
    this.compile(id, parseEventJson(body) as Fields)
    this.#compiled.delete(id)
    await this.#parts.stored.put(id, body)
  }

  async delete(id: string): Promise<void> {
    this.#counts.delete(id)
    this.#compiled.delete(id)
    await this.#parts.stored.delete(id)
  }

  /** @throws ElkhornError `parse_exception` */
  compile(id: string, json: Fields): Pipeline {
    const { clock, scripts, grokPatterns, userAgents, geoDatabase, enrichTable } = this.#parts
    return compilePipeline(id, json, types, {
      clock,
      scripts,
      grokPatterns,
      userAgents,
      geoDatabase,
      enrichTable,
      runPipeline: (name, document, ignoreMissing) => this.#runInner(name, document, ignoreMissing),
    })
  }

  /** @throws ElkhornError for a pipeline that there is not */
  stored(id: string): Pipeline {
    const pipeline = this.#find(id)
    if (!pipeline) throw illegalArgument(`pipeline with id [${id}] does not exist`)
    return pipeline
  }

  /** The same pipelines with others in the place of some, or beside them. @throws ElkhornError `parse_exception` */
  substituting(substitutes: Readonly<Record<string, Fields>>): IngestPipelines {
    const pipelines = new IngestPipelines(this.#parts)
    for (const [id, json] of Object.entries(substitutes)) pipelines.#compiled.set(id, pipelines.compile(id, json))
    return pipelines
  }

  #find(id: string): Pipeline | undefined {
    let pipeline = this.#compiled.get(id)
    if (!pipeline) {
      const json = this.get(id)
      if (!json) return undefined
      pipeline = this.compile(id, json)
      this.#compiled.set(id, pipeline)
    }
    return pipeline
  }

  #runInner(name: string, document: IngestDocument, ignoreMissing: boolean): void {
    const pipeline = this.#find(name)
    if (!pipeline) {
      if (ignoreMissing) return
      throw new MissingPipelineError(name)
    }
    if (document.pipelines.length > MAX_NESTED_PIPELINES) throw illegalArgument(`Too many nested pipelines at [${name}]`)
    this.#counted(name, () => runPipeline(pipeline, document, document.observe as Observer | undefined))
  }

  // --- running ---

  /**
   * Runs a document through a stored pipeline. `undefined`: it was dropped.
   * @throws ElkhornError where there is no such pipeline or one of its processors failed
   */
  run(id: string, input: IngestInput): IngestOutput | undefined {
    const pipeline = this.stored(id)
    const { source, ...place } = input
    const document = this.newDocument(parseSource(source), place)
    this.#counted(id, () => this.runOn(pipeline, document))
    if (document.dropped) return undefined
    const { metadata, fields } = splitContext(document.context)
    const { _index, _id, _routing, _if_seq_no: ifSeqNo, _if_primary_term: ifPrimaryTerm } = metadata
    return {
      index: typeof _index === 'string' ? _index : input.index,
      id: _id === null || _id === undefined ? undefined : String(_id),
      routing: _routing === null || _routing === undefined ? undefined : String(_routing),
      ...(typeof ifSeqNo === 'number' ? { ifSeqNo } : {}),
      ...(typeof ifPrimaryTerm === 'number' ? { ifPrimaryTerm } : {}),
      source: Buffer.from(printFields(fields as never), 'utf8'),
      rerouted: document.ended && _index !== input.index,
    }
  }

  /** Of every stored pipeline what it has done, by its id. */
  counts(): ReadonlyMap<string, PipelineCounts> {
    return new Map(this.list(['*']).map((id) => [id, this.#counts.get(id) ?? { count: 0, failed: 0, timeMs: 0 }]))
  }

  #counted(id: string, work: () => void): void {
    let counts = this.#counts.get(id)
    if (counts === undefined) this.#counts.set(id, (counts = { count: 0, failed: 0, timeMs: 0 }))
    const { clock } = this.#parts
    const startedAt = clock.now()
    counts.count += 1
    try {
      work()
    } catch (error) {
      counts.failed += 1
      throw error
    } finally {
      counts.timeMs += Math.max(0, clock.now() - startedAt)
    }
  }

  newDocument(
    fields: Fields,
    { index, id, routing, version, versionType, principal }: Omit<IngestInput, 'source'>,
  ): IngestDocument {
    const context: Fields = {
      ...fields,
      _index: index,
      _id: id ?? null,
      _routing: routing ?? null,
      ...(version === undefined ? {} : { _version: version }),
      ...(versionType === undefined ? {} : { _version_type: versionType }),
    }
    return new IngestDocument(context, { timestamp: new Date(this.#parts.clock.now()).toISOString() }, principal)
  }

  /** @throws ElkhornError that a client may see */
  runOn(pipeline: Pipeline, document: IngestDocument, observe?: Observer): void {
    try {
      document.observe = observe
      runPipeline(pipeline, document, observe)
    } catch (error) {
      throw toError(error)
    }
  }

  /** The core grok patterns. */
  grokPatterns(set: 'legacy' | 'ecs-v1'): ReadonlyMap<string, string> {
    return this.#parts.grokPatterns(set)
  }
}

/** Metadata and fields of a document, apart. */
export function splitContext(context: Fields): { readonly metadata: Fields; readonly fields: Fields } {
  const fields = { ...context }
  const metadata: Fields = {}
  for (const name of METADATA_FIELDS) {
    if (!Object.hasOwn(fields, name)) continue
    metadata[name] = fields[name]
    delete fields[name]
  }
  return { metadata, fields }
}

function parseSource(source: Uint8Array): Fields {
  let parsed: unknown
  try {
    parsed = parseEventJson(Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8'))
  } catch (error) {
    throw new ElkhornError('mapper_parsing_exception', 400, 'failed to parse', {
      causedBy: new ElkhornError('json_parse_exception', 400, error instanceof Error ? error.message : String(error)),
    })
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Fields
  throw new ElkhornError('mapper_parsing_exception', 400, 'failed to parse: a document is an object')
}
