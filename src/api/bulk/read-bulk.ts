import type { BulkOperation } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { JsonSyntaxError, parseJsonExact } from '../../core/parse-json.ts'
import { validationFailed } from '../../index/templates/parse-template.ts'

/** What the URL says for all lines; a line's own words come first. */
export interface BulkDefaults {
  readonly target?: string
  readonly pipeline?: string
  readonly routing?: string
  readonly requireAlias?: boolean
  readonly requireDataStream?: boolean
}

type Action = BulkOperation['action']

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Splits the body of `_bulk` into operations, which point into it: nothing is copied. Lines that cannot be understood
 * refuse the whole request, as they do in Elasticsearch, because what follows them has no meaning; documents are not
 * looked at here.
 * @throws ElkhornError 400 naming the line
 */
export function readBulk(body: Buffer, defaults: BulkDefaults): readonly BulkOperation[] {
  if (body.length === 0) throw new ElkhornError('parse_exception', 400, 'request body is required')
  if (body[body.length - 1] !== NEWLINE) throw illegalArgument('The bulk request must be terminated by a newline [\\n]')
  const operations: BulkOperation[] = []
  let line = 0
  let action: ActionLine | undefined
  let actionStart = 0
  let actionEnd = 0
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(NEWLINE, start)
    line += 1
    const lineEnd = trimmed(body, start, end)
    // Elasticsearch's shippers send the same action line for every document.
    const same =
      action !== undefined &&
      lineEnd - start === actionEnd - actionStart &&
      body.compare(body, actionStart, actionEnd, start, lineEnd) === 0
    if (!same) {
      action = readActionLine(body, start, lineEnd, line, defaults)
      actionStart = start
      actionEnd = lineEnd
    }
    start = end + 1
    if (action === undefined) continue
    if (action.kind === 'delete') {
      operations.push({
        ...action.rest,
        action: 'delete',
        target: action.target,
        ...(action.id === undefined ? {} : { id: action.id }),
      })
      continue
    }
    // An action at the end without its document is as if it had not been sent.
    if (start >= body.length) break
    const sourceEnd = body.indexOf(NEWLINE, start)
    line += 1
    const source = body.subarray(start, trimmed(body, start, sourceEnd))
    operations.push(toOperation(action, source))
    start = sourceEnd + 1
  }
  validate(operations)
  return operations
}

function trimmed(body: Buffer, start: number, end: number): number {
  return end > start && body[end - 1] === CARRIAGE_RETURN ? end - 1 : end
}

interface ActionLine {
  readonly kind: Action
  readonly target: string
  readonly id: string | undefined
  /** Members that few lines have; `undefined` when there are none. */
  readonly rest: Omit<BulkOperation, 'action' | 'target' | 'id' | 'source'> | undefined
}

/** The same shape for nearly all operations, so that what reads them stays fast. */
function toOperation({ kind, target, id, rest }: ActionLine, source: Uint8Array): BulkOperation {
  if (rest !== undefined) return { action: kind, target, ...(id === undefined ? {} : { id }), source, ...rest }
  return id === undefined ? { action: kind, target, source } : { action: kind, target, id, source }
}

/** `undefined` for an empty line. */
function readActionLine(body: Buffer, start: number, end: number, line: number, defaults: BulkDefaults): ActionLine | undefined {
  if (start === end) return undefined
  const text = body.toString('utf8', start, end)
  if (text.trim() === '') return undefined
  const json = parseActionJson(text, line)
  if (!isJsonObject(json)) throw malformed(line, `expected START_OBJECT but found [${tokenOf(json)}]`)
  const [kind, meta] = Object.entries(json)[0] ?? []
  if (kind === undefined) throw malformed(line, 'expected FIELD_NAME but found [END_OBJECT]')
  if (kind !== 'index' && kind !== 'create' && kind !== 'update' && kind !== 'delete') {
    throw malformed(line, `expected field [create], [delete], [index] or [update] but found [${kind}]`)
  }
  if (Object.keys(json).length > 1) throw malformed(line, 'expected END_OBJECT but found [FIELD_NAME]')
  if (!isJsonObject(meta)) throw malformed(line, `expected START_OBJECT but found [${tokenOf(meta)}]`)
  return readMeta(kind, meta, line, defaults)
}

function parseActionJson(text: string, line: number): JsonValue {
  try {
    return parseJsonExact(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new ElkhornError('illegal_argument_exception', 400, `Malformed action/metadata line [${line}], ${error.message}`, {
      causedBy: new ElkhornError('json_parse_exception', 400, `${error.message} at [line: ${line}, column: ${error.column}]`),
    })
  }
}

function readMeta(
  kind: Action,
  meta: Readonly<Record<string, JsonValue | undefined>>,
  line: number,
  defaults: BulkDefaults,
): ActionLine {
  let action = kind
  let target = defaults.target
  let id: string | undefined
  let rest: { -readonly [K in keyof BulkOperation]?: BulkOperation[K] } | undefined
  if (defaults.pipeline !== undefined) (rest ??= {}).pipeline = defaults.pipeline
  if (defaults.routing !== undefined) (rest ??= {}).routing = defaults.routing
  if (defaults.requireAlias === true) (rest ??= {}).requireAlias = true
  if (defaults.requireDataStream === true) (rest ??= {}).requireDataStream = true
  // oxlint-disable-next-line guard-for-in -- parsed JSON has no inherited members
  for (const key in meta) {
    const value = meta[key]
    if (value === null || value === undefined) {
      if (key === '_index' || key === '_id' || key === 'routing' || key === 'pipeline') continue
    }
    if (typeof value === 'object' && value !== null && key !== 'dynamic_templates' && key !== '_source') {
      throw malformed(line, `expected a simple value for field [${key}] but found [${tokenOf(value)}]`)
    }
    switch (key) {
      case '_index':
        target = String(value)
        break
      case '_id':
        id = String(value)
        break
      case 'routing':
        ;(rest ??= {}).routing = String(value)
        break
      case 'version':
        ;(rest ??= {}).version = Number(value)
        break
      case 'version_type':
        ;(rest ??= {}).versionType = parseVersionType(String(value))
        break
      case 'if_seq_no':
        ;(rest ??= {}).ifSeqNo = Number(value)
        break
      case 'if_primary_term':
        ;(rest ??= {}).ifPrimaryTerm = Number(value)
        break
      case 'retry_on_conflict':
        ;(rest ??= {}).retryOnConflict = Number(value)
        break
      case 'pipeline':
        ;(rest ??= {}).pipeline = String(value)
        break
      case 'require_alias':
        ;(rest ??= {}).requireAlias = value === true || value === 'true'
        break
      case 'require_data_stream':
        ;(rest ??= {}).requireDataStream = value === true || value === 'true'
        break
      case 'op_type':
        if (kind === 'index' && value === 'create') action = 'create'
        break
      case 'list_executed_pipelines':
      case 'dynamic_templates':
        break
      case '_source':
        if (value !== undefined) (rest ??= {}).returnSource = value
        break
      default:
        throw illegalArgument(`Action/metadata line [${line}] contains an unknown parameter [${key}]`)
    }
  }
  return { kind: action, target: target ?? '', id, rest }
}

/** @throws ElkhornError `illegal_argument_exception` */
export function parseVersionType(text: string): 'internal' | 'external' | 'external_gte' {
  if (text === 'internal' || text === 'external' || text === 'external_gte') return text
  if (text === 'external_gt') return 'external'
  throw illegalArgument(`No version type match [${text}]`)
}

/** @throws ElkhornError `action_request_validation_exception` for operations that lack a name or an id */
function validate(operations: readonly BulkOperation[]): void {
  if (operations.length === 0) throw validationFailed('no requests added')
  const problems: string[] = []
  for (const { action, target, id } of operations) {
    if (target === '') problems.push('index is missing')
    if (id === undefined && (action === 'delete' || action === 'update')) problems.push('id is missing')
  }
  if (problems.length > 0) throw validationFailed(...problems)
}

function malformed(line: number, problem: string): ElkhornError {
  return illegalArgument(`Malformed action/metadata line [${line}], ${problem}`)
}

function tokenOf(value: unknown): string {
  if (value === null || value === undefined) return 'VALUE_NULL'
  if (Array.isArray(value)) return 'START_ARRAY'
  switch (typeof value) {
    case 'string':
      return 'VALUE_STRING'
    case 'boolean':
      return 'VALUE_BOOLEAN'
    case 'object':
      return 'START_OBJECT'
    default:
      return 'VALUE_NUMBER'
  }
}
