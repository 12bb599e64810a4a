import { ElkhornError } from '../core/errors.ts'
import { configError } from '../plugins/processors/processor.ts'
import { isMap, METADATA_FIELDS, type IngestDocument } from '../plugins/processors/ingest-document.ts'
import { copyValue } from '../plugins/processors/copy-value.ts'
import { splitContext, type IngestPipelines } from './ingest-pipelines.ts'
import { MissingPipelineError, type Pipeline, type StepReport } from './pipeline.ts'

type Fields = Record<string, unknown>

export interface SimulateOptions {
  /** A stored pipeline instead of the one in the body. */
  readonly id: string | undefined
  readonly verbose: boolean
  /** An error as an answer shows it, with its root cause. */
  readonly printError: (error: ElkhornError) => unknown
}

/** Documents that one request may try. */
const MAX_DOCUMENTS = 10_000

/**
 * What a pipeline would make of documents; with `verbose`, after each of its processors.
 * @throws ElkhornError `parse_exception`, `illegal_argument_exception` for what is wrong with the request
 */
export function simulate(ingest: IngestPipelines, body: Fields, options: SimulateOptions): readonly unknown[] {
  const pipeline = pipelineOf(ingest, body, options.id)
  const { docs } = body
  if (docs === undefined) throw configError('required property is missing', '', undefined, 'docs')
  if (!Array.isArray(docs)) throw configError(`property isn't a list`, '', undefined, 'docs')
  if (docs.length === 0) throw new ElkhornError('illegal_argument_exception', 400, 'must specify at least one document in [docs]')
  if (docs.length > MAX_DOCUMENTS) {
    throw new ElkhornError('illegal_argument_exception', 400, `[docs] holds more than [${MAX_DOCUMENTS}] documents`)
  }
  const documents = docs.map((json: unknown) => documentOf(ingest, json))
  return documents.map((document) =>
    options.verbose ? verbosely(ingest, pipeline, document, options) : plainly(ingest, pipeline, document, options),
  )
}

function pipelineOf(ingest: IngestPipelines, body: Fields, id: string | undefined): Pipeline {
  if (id !== undefined) {
    const json = ingest.get(id)
    if (!json) throw new ElkhornError('illegal_argument_exception', 400, `pipeline [${id}] does not exist`)
    return ingest.compile(id, json)
  }
  const { pipeline } = body
  if (pipeline === undefined) throw configError('required property is missing', '', undefined, 'pipeline')
  if (!isMap(pipeline)) throw configError(`property isn't a map`, '', undefined, 'pipeline')
  return ingest.compile('_simulate_pipeline', pipeline)
}

function documentOf(ingest: IngestPipelines, json: unknown): IngestDocument {
  if (!isMap(json)) throw new ElkhornError('parse_exception', 400, 'malformed [docs] section, should include an inner object')
  const { _source: source } = json
  if (source === undefined) throw configError('required property is missing', '', undefined, '_source')
  if (!isMap(source)) throw configError(`property isn't a map`, '', undefined, '_source')
  const text = (name: string): string | undefined => {
    const value = json[name]
    return value === undefined || value === null ? undefined : String(value)
  }
  const version = json['_version']
  const document = ingest.newDocument(copyValue(source) as Fields, {
    index: text('_index') ?? '_index',
    id: text('_id') ?? '_id',
    routing: text('_routing'),
    ...(typeof version === 'number' ? { version } : {}),
  })
  for (const name of METADATA_FIELDS) {
    if (!(name in document.context) && json[name] !== undefined) document.context[name] = json[name]
  }
  return document
}

function plainly(ingest: IngestPipelines, pipeline: Pipeline, document: IngestDocument, options: SimulateOptions): unknown {
  try {
    ingest.runOn(pipeline, document)
  } catch (error) {
    if (error instanceof ElkhornError) return { error: options.printError(error) }
    throw error
  }
  return document.dropped ? null : { doc: shown(document) }
}

function verbosely(ingest: IngestPipelines, pipeline: Pipeline, document: IngestDocument, options: SimulateOptions): unknown {
  const results: unknown[] = []
  try {
    ingest.runOn(pipeline, document, (report) => results.push(printReport(report, document, options)))
  } catch (error) {
    if (error instanceof MissingPipelineError) throw new ElkhornError('illegal_argument_exception', 400, error.reason)
    if (!(error instanceof ElkhornError)) throw error // the failed processor has said so
    // Pipelines that run in a circle fail where the circle begins, whatever happened on the way round.
    if (error.reason.startsWith('Cycle detected for pipeline: ')) {
      return { processor_results: [{ processor_type: 'pipeline', status: 'error', error: options.printError(error) }] }
    }
  }
  return { processor_results: results }
}

function printReport({ step, status, error }: StepReport, document: IngestDocument, { printError }: SimulateOptions): unknown {
  const hasDocument = (status === 'success' && step.type !== 'pipeline') || status === 'error_ignored'
  return {
    processor_type: step.type,
    status,
    ...(step.description === undefined ? {} : { description: step.description }),
    ...(step.tag === undefined ? {} : { tag: step.tag }),
    ...(step.condition === undefined ? {} : { if: { condition: step.condition.source, result: status !== 'skipped' } }),
    ...(error === undefined
      ? {}
      : status === 'error_ignored'
        ? { ignored_error: { error: printError(error) } }
        : { error: printError(error) }),
    ...(hasDocument ? { doc: shown(document) } : {}),
  }
}

function shown({ context, ingest }: IngestDocument): unknown {
  const { metadata, fields } = splitContext(context)
  const place = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null && value !== undefined))
  return { ...place, _source: copyValue(fields), _ingest: copyValue(ingest) }
}
