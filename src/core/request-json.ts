import { ElkhornError } from './errors.ts'
import type { JsonValue } from './json.ts'
import { exactNumber, JsonSyntaxError, parseJsonWith, type NodePlaces } from './parse-json.ts'

/** A place in a request body; both count from 1, columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

interface Origin {
  readonly text: string
  readonly places: NodePlaces
}

/** Where the objects and arrays of request bodies came from; forgotten together with them. */
const origins = new WeakMap<object, Origin>()

/**
 * Parses the body of a request: whole numbers stay exact, comments are skipped, a key that stands twice is refused, and
 * `positionOf` tells where each object and member stood, for errors that name line and column.
 * @throws ElkhornError `json_parse_exception`, `json_e_o_f_exception` (400)
 */
export function parseRequestJson(text: string): JsonValue {
  try {
    return parseJsonWith(text, exactNumber, (node, places) => origins.set(node, { text, places })) as JsonValue
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const { message, line, column, isEnd } = error
    // Elasticsearch's own words, as clients look for them.
    const [type, reason] = isEnd
      ? ['json_e_o_f_exception', message.replace(/^unexpected/, 'Unexpected').replace('end of input', 'end-of-input')]
      : ['json_parse_exception', message]
    throw new ElkhornError(type, 400, `${reason}\n at [line: ${line}, column: ${column}]`, {
      details: { line, col: column },
    })
  }
}

/**
 * Where an object or array of a parsed body stands, or one of its members: its name, or its value. `undefined` for JSON
 * that did not come from `parseRequestJson`.
 */
export function positionOf(
  node: object,
  part: 'start' | 'end' | { readonly key: string | number } | { readonly value: string | number },
): TextPosition | undefined {
  const origin = origins.get(node)
  if (!origin) return undefined
  const offset = offsetOf(origin.places, part)
  const before = origin.text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function offsetOf(places: NodePlaces, part: Parameters<typeof positionOf>[1]): number {
  if (part === 'start') return places.start
  if (part === 'end') return places.end
  if ('key' in part) return places.members.get(part.key)?.key ?? places.start
  return places.members.get(part.value)?.value ?? places.start
}
