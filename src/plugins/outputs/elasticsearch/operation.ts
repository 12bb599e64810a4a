import type { BulkOperation } from '../../../core/bulk.ts'
import { isFields, type Event, type Fields, type FieldValue } from '../../../core/event.ts'
import { parseEventJson, printFields, toFieldValue } from '../../../core/event-json.ts'
import type { Mutable } from '../../../core/mutable.ts'
import { compileTemplate, type Template } from '../../../script/sprintf.ts'
import type { EcsCompatibility } from '../../context.ts'
import type { ElasticsearchConfig } from './config.ts'
import { DocumentWriter } from './document-writer.ts'

/** An event cannot become a write: it lacks what the name of its index refers to, or an id to update. */
export interface Unwritable {
  readonly type: string
  readonly reason: string
}

/** Makes a write of an event. */
export type OperationMaker = (event: Event) => BulkOperation | Unwritable

/** Options that say where documents go, so that a data stream is not meant by itself. */
const OTHER_TARGETS = [
  'index',
  'document_id',
  'routing',
  'version',
  'version_type',
  'upsert',
  'script',
  'ilm_rollover_alias',
  'template',
] as const

/**
 * Whether documents go to a data stream: when it is said, or when nothing else is and fields have their newer names.
 * @throws Error when options contradict each other
 */
export function usesDataStream(config: ElasticsearchConfig, ecs: EcsCompatibility): boolean {
  const others = OTHER_TARGETS.filter((name) => config[name] !== undefined && config[name] !== '')
  const action = config.action !== undefined && config.action !== 'create'
  if (config.data_stream === 'true') {
    if (others.length > 0 || action) {
      throw new Error(
        `[elasticsearch] data_stream => true cannot be combined with [${others[0] ?? 'action'}]: a data stream only takes new documents`,
      )
    }
    return true
  }
  return config.data_stream !== 'false' && others.length === 0 && !action && ecs === 'v8' && !config.doc_as_upsert
}

export function compileOperation(config: ElasticsearchConfig, ecs: EcsCompatibility): OperationMaker {
  return usesDataStream(config, ecs) ? dataStreamOperation(config) : indexOperation(config, ecs)
}

function indexOperation(config: ElasticsearchConfig, ecs: EcsCompatibility): OperationMaker {
  const alias = config.ilm_enabled === 'false' ? undefined : config.ilm_rollover_alias
  const target = compileTemplate(
    alias ?? config.index ?? (ecs === 'disabled' ? 'logstash-%{+yyyy.MM.dd}' : 'ecs-logstash-%{+yyyy.MM.dd}'),
  )
  const action = compileTemplate(config.action ?? 'index')
  const id = optional(config.document_id)
  const routing = optional(config.routing)
  const pipeline = optional(config.pipeline)
  const version = optional(config.version)
  const body = updateBody(config)
  const documents = new DocumentWriter()
  const versionType = config.version_type === 'external_gt' ? 'external' : config.version_type
  return (event) => {
    const name = target.print(event)
    if (config.dlq_on_failed_indexname_interpolation && name.includes('%{'))
      return { type: 'index_name_interpolation', reason: `the event has no value for the index name [${name}]` }
    const verb = action.print(event)
    if (verb !== 'index' && verb !== 'create' && verb !== 'update' && verb !== 'delete') {
      return {
        type: 'action_request_validation_exception',
        reason: `there is no action [${verb}]: index, create, update and delete are known`,
      }
    }
    const documentId = id?.print(event)
    if ((verb === 'update' || verb === 'delete') && (documentId === undefined || documentId === '')) {
      return { type: 'action_request_validation_exception', reason: `the action [${verb}] needs document_id` }
    }
    const operation: Mutable<BulkOperation> = new Operation(verb, name)
    if (versionType !== undefined) operation.versionType = versionType
    if (documentId !== undefined && documentId !== '') operation.id = documentId
    if (verb === 'update') {
      operation.source = Buffer.from(body(event))
      operation.retryOnConflict = config.retry_on_conflict
    } else if (verb !== 'delete') {
      const { source, document } = documents.write(event.fields)
      operation.source = source
      if (document !== undefined) operation.document = document
    }
    const written = routing?.print(event)
    if (written !== undefined && written !== '') operation.routing = written
    const through = pipeline?.print(event)
    // A pipeline whose name refers to fields that are not there is none, as in Logstash.
    if (through !== undefined && through !== '' && !through.includes('%{')) operation.pipeline = through
    const number = version?.print(event)
    if (number !== undefined) operation.version = Number(number)
    return operation
  }
}

/** A class for the reason that events are (`createEvent`): what V8 makes old holds the whole document. */
class Operation implements BulkOperation {
  readonly action: BulkOperation['action']
  readonly target: string

  constructor(action: BulkOperation['action'], target: string) {
    this.action = action
    this.target = target
  }
}

function optional(written: string | undefined): Template | undefined {
  return written === undefined || written === '' ? undefined : compileTemplate(written)
}

/** The body of an update: the event as `doc`, or the script with the event among its parameters. */
function updateBody(config: ElasticsearchConfig): (event: Event) => string {
  const upsert = config.upsert === '' ? undefined : compileTemplate(config.upsert)
  return (event) => {
    const body: Fields = {}
    if (config.script === '') {
      body['doc'] = event.fields
      if (config.doc_as_upsert) body['doc_as_upsert'] = true
    } else {
      const script: Fields = { params: { [config.script_var_name]: event.fields } }
      if (config.script_type === 'inline') {
        script['source'] = config.script
        script['lang'] = config.script_lang
      } else script['id'] = config.script
      body['script'] = script
      if (config.scripted_upsert) {
        body['scripted_upsert'] = true
        body['upsert'] = {}
      } else if (config.doc_as_upsert) body['upsert'] = event.fields
    }
    if (upsert !== undefined) body['upsert'] = toFieldValue(parseEventJson(upsert.print(event)))
    return printFields(body)
  }
}

/** What a part of a data stream's name may not hold; a dataset and a namespace are not longer than 100 bytes. */
const BAD_IN_NAME = /[\\/*?"<>| ,#:-]/

interface DataStreamParts {
  readonly type: string
  readonly dataset: string
  readonly namespace: string
}

function dataStreamOperation(config: ElasticsearchConfig): OperationMaker {
  const usual = {
    type: config.data_stream_type,
    dataset: config.data_stream_dataset,
    namespace: config.data_stream_namespace,
  }
  const pipeline = optional(config.pipeline)
  const nameOf = rememberLast(dataStreamName)
  const documents = new DocumentWriter()
  return (event) => {
    const given = event.fields['data_stream']
    const route = config.data_stream_auto_routing && isFields(given) ? given : {}
    const parts = {
      type: text(route['type']) ?? usual.type,
      dataset: text(route['dataset']) ?? usual.dataset,
      namespace: text(route['namespace']) ?? usual.namespace,
    }
    const target = nameOf(parts)
    if (typeof target !== 'string') return target
    if (config.data_stream_sync_fields) {
      if (given === undefined) event.fields['data_stream'] = parts
      // Not in place: an output before this one may still be writing what it saw.
      else if (isFields(given)) event.fields['data_stream'] = { ...given, ...parts }
    }
    const { source, document } = documents.write(event.fields)
    const operation: Mutable<BulkOperation> = new Operation('create', target)
    operation.requireDataStream = true
    operation.source = source
    if (document !== undefined) operation.document = document
    const through = pipeline?.print(event)
    if (through !== undefined && !through.includes('%{')) operation.pipeline = through
    return operation
  }
}

const text = (value: FieldValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** One event after the other goes to the same stream. */
function rememberLast<T>(compute: (parts: DataStreamParts) => T): (parts: DataStreamParts) => T {
  let last: { readonly parts: DataStreamParts; readonly result: T } | undefined
  return (parts) => {
    const { type, dataset, namespace } = parts
    const known = last?.parts
    if (last === undefined || known?.dataset !== dataset || known.namespace !== namespace || known.type !== type)
      last = { parts: { type, dataset, namespace }, result: compute(parts) }
    return last.result
  }
}

function dataStreamName(parts: DataStreamParts): string | Unwritable {
  for (const [name, value] of Object.entries(parts)) {
    if (BAD_IN_NAME.test(value) || value !== value.toLowerCase() || Buffer.byteLength(value) > 100) {
      return {
        type: 'illegal_argument_exception',
        reason: `[data_stream][${name}] with value [${value}] cannot be part of the name of a data stream`,
      }
    }
  }
  return `${parts.type}-${parts.dataset}-${parts.namespace}`
}
