import { ElkhornError } from '../core/errors.ts'
import { conditionContext } from '../script/painless/contexts/document-scripts.ts'
import { JavaError } from '../script/painless/java-error.ts'
import { parseScriptReference } from '../script/script-request.ts'
import { isMap, type IngestDocument } from '../plugins/processors/ingest-document.ts'
import { ProcessorConfig } from '../plugins/processors/processor-config.ts'
import { configError, type Process, type ProcessorContext, type ProcessorType } from '../plugins/processors/processor.ts'

/** A processor with what is around it. */
interface Step {
  readonly type: string
  readonly tag: string | undefined
  readonly description: string | undefined
  readonly condition: { readonly source: string; readonly holds: (document: IngestDocument) => boolean } | undefined
  readonly ignoreFailure: boolean
  readonly onFailure: readonly Step[]
  readonly process: Process
}

/** A pipeline that is ready to run. */
export interface Pipeline {
  readonly id: string
  readonly steps: readonly Step[]
  readonly onFailure: readonly Step[]
}

/** What happened at one processor, for a simulation that shows all of them. */
export interface StepReport {
  readonly step: Pick<Step, 'type' | 'tag' | 'description' | 'condition'>
  readonly status: 'success' | 'error' | 'error_ignored' | 'skipped' | 'dropped'
  readonly error?: ElkhornError
}

export type Observer = (report: StepReport) => void

/** A pipeline names one that is not there. */
export class MissingPipelineError extends ElkhornError {
  constructor(name: string) {
    super('illegal_state_exception', 400, `Pipeline processor configured for non-existent pipeline [${name}]`)
  }
}

/** Processors within processors (`on_failure`, `foreach`). */
const MAX_DEPTH = 50

/** @throws ElkhornError `parse_exception` naming processor and property */
export function compilePipeline(
  id: string,
  json: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, ProcessorType>,
  context: Omit<ProcessorContext, 'nested'>,
): Pipeline {
  const { processors, on_failure: onFailure, description: _description, version: _version, _meta, ...rest } = json
  if (processors === undefined || processors === null)
    throw configError('required property is missing', '', undefined, 'processors')
  const compiling = { types, context, depth: 0 }
  const steps = compileSteps(processors, 'processors', compiling)
  if (Array.isArray(onFailure) && onFailure.length === 0) {
    throw new ElkhornError('parse_exception', 400, `pipeline [${id}] cannot have an empty on_failure option defined`)
  }
  const failing = onFailure === undefined || onFailure === null ? [] : compileSteps(onFailure, 'on_failure', compiling)
  const unknown = Object.keys(rest)
  if (unknown.length > 0) {
    throw new ElkhornError(
      'parse_exception',
      400,
      `pipeline [${id}] doesn't support one or more provided configuration parameters [${unknown.join(', ')}]`,
    )
  }
  return { id, steps, onFailure: failing }
}

interface CompilingSteps {
  readonly types: ReadonlyMap<string, ProcessorType>
  readonly context: Omit<ProcessorContext, 'nested'>
  readonly depth: number
}

function compileSteps(json: unknown, property: string, compiling: CompilingSteps): readonly Step[] {
  if (!Array.isArray(json)) throw configError(`property isn't a list`, '', undefined, property)
  return json.flatMap((one: unknown) => {
    if (!isMap(one)) throw configError('property has to hold objects: { "set": { … } }', '', undefined, property)
    return Object.entries(one).map(([type, config]) => compileStep(type, config, compiling))
  })
}

function compileStep(name: string, json: unknown, compiling: CompilingSteps): Step {
  if (compiling.depth > MAX_DEPTH)
    throw configError(`processors nest deeper than [${MAX_DEPTH}] levels`, name, undefined, undefined)
  const type = compiling.types.get(name)
  const given = json ?? {}
  if (!type || !isMap(given)) {
    const tag = isMap(given) && typeof given['tag'] === 'string' ? given['tag'] : undefined
    throw configError(`No processor type exists with name [${name}]`, name, tag, undefined)
  }
  const inner: CompilingSteps = { ...compiling, depth: compiling.depth + 1 }
  const config = new ProcessorConfig(name, given)
  const ignoreFailure = config.flag('ignore_failure', false)
  const description = config.optionalText('description')
  const failing = config.take('on_failure')
  const onFailure = failing === undefined ? [] : compileSteps(failing, 'on_failure', inner)
  if (failing !== undefined && onFailure.length === 0) throw config.error('on_failure', 'processors list cannot be empty')
  const written = config.take('if')
  const condition = written === undefined ? undefined : compileCondition(written, inner)
  const process = createProcess(type, config, inner)
  config.finish()
  return { type: name, tag: config.tag, description, condition, ignoreFailure, onFailure, process }
}

/** What is wrong with a script or a nested processor also says which processor has it. */
function createProcess(type: ProcessorType, config: ProcessorConfig, compiling: CompilingSteps): Process {
  try {
    return type.create(config, { ...compiling.context, nested: (one) => nestedProcess(one, compiling) })
  } catch (error) {
    if (!(error instanceof ElkhornError) || error.details['processor_type'] !== undefined) throw error
    const details = {
      ...error.details,
      processor_type: type.name,
      ...(config.tag === undefined ? {} : { processor_tag: config.tag }),
    }
    throw new ElkhornError(error.type, error.status, error.reason, {
      details,
      ...(error.causedBy ? { causedBy: error.causedBy } : {}),
    })
  }
}

function nestedProcess(json: unknown, compiling: CompilingSteps): Process {
  const steps = compileSteps([json], 'processor', compiling)
  return (document) => runSteps(steps, document, currentPipeline(document))
}

function compileCondition(written: unknown, { context: { scripts } }: CompilingSteps): Step['condition'] {
  const reference = parseScriptReference(written)
  if (reference.id === undefined) scripts.compile(reference, conditionContext)
  return {
    source: reference.source ?? reference.id ?? '',
    holds: (document) => scripts.compile(reference, conditionContext)({ ...document.context, _ingest: document.ingest }),
  }
}

/** Runs a document through a pipeline. @throws ElkhornError where a processor fails and nothing takes care of it */
export function runPipeline(pipeline: Pipeline, document: IngestDocument, observe?: Observer): void {
  if (document.pipelines.includes(pipeline.id)) {
    throw new ElkhornError('illegal_state_exception', 400, `Cycle detected for pipeline: ${pipeline.id}`)
  }
  document.pipelines.push(pipeline.id)
  document.executed.push(pipeline.id)
  const outer = document.ingest['pipeline']
  document.ingest['pipeline'] = pipeline.id
  try {
    runSteps(pipeline.steps, document, pipeline.id, observe)
  } catch (error) {
    if (pipeline.onFailure.length === 0) throw error
    handleFailure(pipeline.onFailure, document, failureOf(error, pipeline.id), observe)
  } finally {
    document.pipelines.pop()
    if (outer === undefined) delete document.ingest['pipeline']
    else document.ingest['pipeline'] = outer
  }
}

const currentPipeline = (document: IngestDocument): string => document.pipelines[document.pipelines.length - 1] ?? ''

/** A step that failed: what went wrong, and where. */
class StepFailure extends Error {
  readonly error: ElkhornError
  readonly step: Step
  readonly pipeline: string

  constructor(error: ElkhornError, step: Step, pipeline: string) {
    super(error.reason)
    this.error = error
    this.step = step
    this.pipeline = pipeline
  }
}

interface Failure {
  readonly error: ElkhornError
  readonly type: string
  readonly tag: string | undefined
  readonly pipeline: string
}

function failureOf(error: unknown, pipeline: string): Failure {
  if (error instanceof StepFailure) {
    return { error: error.error, type: error.step.type, tag: error.step.tag, pipeline: error.pipeline }
  }
  return { error: toError(error), type: 'unknown', tag: undefined, pipeline }
}

/** What a processor threw, as clients see it. Our own faults pass. */
export function toError(error: unknown): ElkhornError {
  if (error instanceof StepFailure) return error.error
  if (error instanceof ElkhornError) return error
  if (error instanceof JavaError) return new ElkhornError('illegal_argument_exception', 400, error.text ?? error.className)
  throw error
}

function runSteps(steps: readonly Step[], document: IngestDocument, pipeline: string, observe?: Observer): void {
  for (const step of steps) {
    if (document.dropped || document.ended) return
    runStep(step, document, pipeline, observe)
  }
}

function runStep(step: Step, document: IngestDocument, pipeline: string, observe?: Observer): void {
  try {
    if (step.condition && !step.condition.holds(document)) {
      observe?.({ step, status: 'skipped' })
      return
    }
    // A pipeline stands before what happens in it.
    if (step.type === 'pipeline') observe?.({ step, status: 'success' })
    step.process(document)
    if (step.type !== 'pipeline') observe?.({ step, status: document.dropped ? 'dropped' : 'success' })
  } catch (error) {
    const failure =
      error instanceof StepFailure
        ? { error: error.error, type: error.step.type, tag: error.step.tag, pipeline: error.pipeline }
        : { error: toError(error), type: step.type, tag: step.tag, pipeline }
    if (step.ignoreFailure) {
      observe?.({ step, status: 'error_ignored', error: failure.error })
      return
    }
    if (!(error instanceof StepFailure)) observe?.({ step, status: 'error', error: failure.error })
    if (step.onFailure.length === 0) throw error instanceof StepFailure ? error : new StepFailure(failure.error, step, pipeline)
    handleFailure(step.onFailure, document, failure, observe)
  }
}

const FAILURE_KEYS = [
  'on_failure_message',
  'on_failure_processor_type',
  'on_failure_processor_tag',
  'on_failure_pipeline',
] as const

function handleFailure(steps: readonly Step[], document: IngestDocument, failure: Failure, observe?: Observer): void {
  const { ingest } = document
  ingest['on_failure_message'] = messageOf(failure.error)
  ingest['on_failure_processor_type'] = failure.type
  ingest['on_failure_processor_tag'] = failure.tag ?? null
  ingest['on_failure_pipeline'] = failure.pipeline
  try {
    runSteps(steps, document, failure.pipeline, observe)
  } finally {
    for (const key of FAILURE_KEYS) delete ingest[key]
  }
}

/** The innermost reason says what was wrong. */
function messageOf(error: ElkhornError): string {
  return error.causedBy === undefined || error.type !== 'script_exception'
    ? error.reason
    : `${error.reason}: ${error.causedBy.reason}`
}
