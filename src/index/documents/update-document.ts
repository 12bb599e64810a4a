import { ElkhornError } from '../../core/errors.ts'
import { float } from '../../core/float.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { DecimalLiteral, JsonSyntaxError, parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import { validationFailed } from '../templates/parse-template.ts'

/** The body of an update. Values are kept as they were written (`DecimalLiteral`), because they end in a document. */
export interface UpdateRequest {
  readonly doc?: PlainObject
  readonly script?: ScriptReference
  /** The script makes a document that is not there yet, too. */
  readonly scriptedUpsert: boolean
  readonly upsert?: PlainObject
  readonly docAsUpsert: boolean
  readonly detectNoop: boolean
}

type PlainObject = Readonly<Record<string, unknown>>

/** @throws ElkhornError 400 naming the member */
export function parseUpdateRequest(body: Uint8Array): UpdateRequest {
  let json: unknown
  try {
    json = parseJsonLiterals(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new ElkhornError('x_content_parse_exception', 400, `[${error.line}:${error.column}] ${error.message}`)
  }
  if (!isPlainObject(json))
    throw new ElkhornError('x_content_parse_exception', 400, '[1:1] [UpdateRequest] Expected START_OBJECT')
  for (const key of Object.keys(json)) {
    if (
      ![
        'doc',
        'upsert',
        'doc_as_upsert',
        'detect_noop',
        'script',
        'scripted_upsert',
        '_source',
        'if_seq_no',
        'if_primary_term',
      ].includes(key)
    ) {
      throw new ElkhornError('x_content_parse_exception', 400, `[1:2] [UpdateRequest] unknown field [${key}]`)
    }
  }
  const doc = member(json, 'doc')
  const upsert = member(json, 'upsert')
  const docAsUpsert = flag(json, 'doc_as_upsert', false)
  const script = json['script'] === undefined ? undefined : parseScriptReference(floats(json['script']))
  if (script !== undefined && doc !== undefined) throw validationFailed("can't provide both script and doc")
  if (doc === undefined) {
    if (docAsUpsert) throw validationFailed('doc must be specified if doc_as_upsert is enabled')
    if (script === undefined) throw validationFailed('script or doc is missing')
  }
  const scriptedUpsert = flag(json, 'scripted_upsert', false)
  return {
    ...(doc ? { doc } : {}),
    ...(script ? { script } : {}),
    scriptedUpsert,
    ...(upsert ? { upsert } : {}),
    docAsUpsert,
    detectNoop: flag(json, 'detect_noop', true),
  }
}

/** Numbers as scripts take them: `20.0` stays a float. */
function floats(value: unknown): unknown {
  if (value instanceof DecimalLiteral) return float(value.value)
  if (Array.isArray(value)) return value.map(floats)
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, floats(one)]))
  return value
}

function member(json: PlainObject, key: string): PlainObject | undefined {
  const value = json[key]
  if (value === undefined) return undefined
  if (!isPlainObject(value)) {
    throw new ElkhornError(
      'x_content_parse_exception',
      400,
      `[1:2] [UpdateRequest] ${key} doesn't support values of type: ${tokenOf(value)}`,
    )
  }
  return value
}

function flag(json: PlainObject, key: string, fallback: boolean): boolean {
  const value = json[key]
  if (value === undefined) return fallback
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw new ElkhornError(
    'x_content_parse_exception',
    400,
    `[1:2] [UpdateRequest] ${key} doesn't support values of type: ${tokenOf(value)}`,
  )
}

function tokenOf(value: unknown): string {
  if (value === null) return 'VALUE_NULL'
  if (Array.isArray(value)) return 'START_ARRAY'
  if (typeof value === 'string') return 'VALUE_STRING'
  if (typeof value === 'boolean') return 'VALUE_BOOLEAN'
  return typeof value === 'object' && !(value instanceof DecimalLiteral) ? 'START_OBJECT' : 'VALUE_NUMBER'
}

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalLiteral)
}

/** A document to write, as bytes and parsed. */
export interface NewSource {
  readonly source: Uint8Array
  readonly document?: JsonObject
}

/** What an update makes of a document that is not there yet; `undefined`: it cannot be made. */
export function upsertSource(request: UpdateRequest): NewSource | undefined {
  const document = request.upsert ?? (request.docAsUpsert ? request.doc : undefined)
  return document ? toSource(document) : undefined
}

/** The document with the update merged in; `undefined` where that changes nothing and was to be detected. */
export function updatedSource(request: UpdateRequest, current: Uint8Array): NewSource | undefined {
  const parsed = parseJsonLiterals(Buffer.from(current.buffer, current.byteOffset, current.byteLength).toString('utf8'))
  const document = isPlainObject(parsed) ? parsed : {}
  const { merged, changed } = merge(document, request.doc ?? {})
  return changed || !request.detectNoop ? toSource(merged) : undefined
}

function toSource(document: PlainObject): NewSource {
  return { source: Buffer.from(printJson(document), 'utf8'), document: plain(document) as JsonObject }
}

/** Objects are merged, everything else is replaced; members keep their order, new ones come last. */
function merge(current: PlainObject, changes: PlainObject): { readonly merged: PlainObject; readonly changed: boolean } {
  const members = new Map(Object.entries(current))
  let changed = false
  for (const [key, value] of Object.entries(changes)) {
    const before = members.get(key)
    if (isPlainObject(before) && isPlainObject(value)) {
      const below = merge(before, value)
      members.set(key, below.merged)
      changed ||= below.changed
    } else if (!members.has(key) || printJson(before) !== printJson(value)) {
      members.set(key, value)
      changed = true
    }
  }
  return { merged: Object.fromEntries(members), changed }
}

/** Without `DecimalLiteral`s, as mappers read documents. */
function plain(value: unknown): JsonValue {
  if (value instanceof DecimalLiteral) return value.value
  if (Array.isArray(value)) return value.map(plain)
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
  return value as JsonValue
}
