import { parseDurationMs } from '../../core/duration.ts'
import { ElkhornError, illegalArgument, unreachable } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'

/** What may stand at a member. `texts` is one text or a list of them; `any` is looked at by nobody but its reader. */
export type MemberKind = 'text' | 'texts' | 'number' | 'boolean' | 'object' | 'objects' | 'duration' | 'any'

/** The members of a request's body or of a part of it. */
export interface BodyShape {
  /** What Elasticsearch calls the parser in its errors. */
  readonly parser: string
  readonly members: Readonly<Record<string, MemberKind>>
  readonly required?: readonly string[]
}

/**
 * Checks that a body has the members of its shape, all that are required and no other.
 * @throws ElkhornError 400 naming the member
 */
export function checkShape(json: JsonObject, { parser, members, required = [] }: BodyShape): void {
  for (const [name, value] of Object.entries(json)) {
    const kind = Object.hasOwn(members, name) ? members[name] : undefined
    if (kind === undefined) throw parseError(`[${parser}] unknown field [${name}]`)
    if (value !== undefined && value !== null) checkMember(parser, name, kind, value)
  }
  const missing = required.filter((name) => json[name] === undefined || json[name] === null)
  if (missing.length > 0) throw illegalArgument(`Required [${missing.join(', ')}]`)
}

function checkMember(parser: string, name: string, kind: MemberKind, value: JsonValue): void {
  if (fits(kind, value)) {
    if (kind === 'duration') parseDurationMs(String(value), name)
    return
  }
  throw parseError(`[${parser}] failed to parse field [${name}]: expected ${EXPECTED[kind]}, got [${printJson(value)}]`)
}

const EXPECTED: Readonly<Record<MemberKind, string>> = {
  text: 'text',
  texts: 'text or a list of texts',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  objects: 'a list of objects',
  duration: 'a time value',
  any: 'anything',
}

function fits(kind: MemberKind, value: JsonValue): boolean {
  switch (kind) {
    case 'text':
    case 'duration':
      return typeof value === 'string'
    case 'texts':
      return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    case 'number':
      return typeof value === 'number' || (typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)))
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false'
    case 'object':
      return isJsonObject(value)
    case 'objects':
      return Array.isArray(value) && value.every(isJsonObject)
    case 'any':
      return true
    default:
      return unreachable(kind)
  }
}

/** @throws ElkhornError 400 when it is not there or no object */
export function objectMember(json: JsonObject, name: string): JsonObject {
  const value = json[name]
  if (!isJsonObject(value)) throw illegalArgument(`Required [${name}]`)
  return value
}

export const parseError = (reason: string): ElkhornError => new ElkhornError('x_content_parse_exception', 400, reason)

/** Names in paths: of what is defined there. @throws ElkhornError 400 */
export function checkDefinitionName(what: string, name: string, pattern = /^[^\s,*?"<>|\\/#]+$/): void {
  if (name === '' || name.startsWith('_') || Buffer.byteLength(name) > 255 || !pattern.test(name)) {
    throw illegalArgument(
      `invalid ${what} [${name}]: at most 255 bytes, without blanks and any of [,*?"<>|\\/#], and not beginning with [_]`,
    )
  }
}
