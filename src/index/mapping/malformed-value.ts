import type { JsonValue } from '../../core/json.ts'
import { printValue } from './parameters.ts'

/** A value that its field's type cannot hold: the document's fault, or left out where `ignore_malformed` is set. */
export class MalformedValue extends Error {
  /** Elasticsearch's type of the underlying error. */
  readonly type: string

  constructor(reason: string, type = 'illegal_argument_exception') {
    super(reason)
    this.name = 'MalformedValue'
    this.type = type
  }
}

export function malformedDate(value: JsonValue, pattern: string): MalformedValue {
  return new MalformedValue(`failed to parse date field [${printValue(value)}] with format [${pattern}]`)
}
