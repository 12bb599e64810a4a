import { ElkhornError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { positionOf } from '../../core/request-json.ts'

/** A place in a request: an object or array of it, and which part is meant. */
export interface Place {
  readonly node: object
  readonly part: 'start' | 'end' | { readonly key: string | number } | { readonly value: string | number }
}

/** Elasticsearch's error for a request whose JSON means nothing. Line and column are given where the text is known. */
export function parsingException(reason: string, { node, part }: Place, causedBy?: ElkhornError): ElkhornError {
  const position = positionOf(node, part)
  return new ElkhornError('parsing_exception', 400, reason, {
    ...(position ? { details: { line: position.line, col: position.column } } : {}),
    ...(causedBy ? { causedBy } : {}),
  })
}

/** What lies below an error about a name that nothing is registered under. */
export function namedObjectNotFound(name: string, { node, part }: Place): ElkhornError {
  const position = positionOf(node, part)
  const prefix = position ? `[${position.line}:${position.column}] ` : ''
  return new ElkhornError('named_object_not_found_exception', 400, `${prefix}unknown field [${name}]`)
}

/** The same, of the parts of the DSL that say the position within the reason: `[1:19] [bool] unknown field [mst]`. */
export function contentException(reason: string, { node, part }: Place, causedBy?: ElkhornError): ElkhornError {
  const position = positionOf(node, part)
  const prefix = position ? `[${position.line}:${position.column}] ` : ''
  return new ElkhornError('x_content_parse_exception', 400, prefix + reason, causedBy ? { causedBy } : {})
}

/** ` did you mean [match]?` or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : ` did you mean [${nearest}]?`
}

/** How Elasticsearch names what stands at a place. */
export function tokenName(value: unknown): string {
  if (value === null) return 'VALUE_NULL'
  if (Array.isArray(value)) return 'START_ARRAY'
  switch (typeof value) {
    case 'object':
      return 'START_OBJECT'
    case 'string':
      return 'VALUE_STRING'
    case 'boolean':
      return 'VALUE_BOOLEAN'
    default:
      return 'VALUE_NUMBER'
  }
}

export function numberFormat(text: string): ElkhornError {
  return new ElkhornError('number_format_exception', 400, `For input string: "${text}"`)
}
