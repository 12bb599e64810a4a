import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { JsonSyntaxError, parseJsonWith } from '../../core/parse-json.ts'
import { parsingError } from '../mapping/document-mapper.ts'

/**
 * Parses a document quickly: whole numbers beyond 2^53 lose digits. What needs those reads it again (`InexactNumber`).
 * @throws ElkhornError `document_parsing_exception` naming the place
 */
export function parseDocument(source: Uint8Array | undefined): JsonObject {
  if (!source) throw parsingError('[1:1] failed to parse: a document is required')
  const text = textOf(source)
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    // The slow parser says what is wrong and where, or accepts the comments.
    value = parseSlowly(text)
  }
  return requireObject(value)
}

/** As `parseDocument`, with every whole number beyond 2^53 as a `bigint`. */
export function parseDocumentExactly(source: Uint8Array): JsonObject {
  return requireObject(parseSlowly(textOf(source)))
}

function textOf(source: Uint8Array): string {
  const buffer = Buffer.isBuffer(source) ? source : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  return buffer.toString('utf8')
}

function requireObject(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw parsingError('[1:1] failed to parse: a document must be a JSON object')
  return value
}

function parseSlowly(text: string): JsonValue {
  try {
    return parseJsonWith(text, exactWhole) as JsonValue
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw parsingError(
      `[${error.line}:${error.column}] failed to parse`,
      new ElkhornError('json_parse_exception', 400, `${error.message} at [line: ${error.line}, column: ${error.column}]`),
    )
  }
}

/** Also `1e20` is a whole number. */
function exactWhole(literal: string): number | bigint {
  const value = Number(literal)
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return value
  return /[.eE]/.test(literal) ? BigInt(value) : BigInt(literal)
}
