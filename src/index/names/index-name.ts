import type { Brand } from '../../core/brand.ts'
import { ElkhornError } from '../../core/errors.ts'

/** The checked name of an index or a data stream. */
export type IndexName = Brand<string, 'IndexName'>

const MAX_NAME_BYTES = 255
const FORBIDDEN = /[\\/*?"<>| ,]/
/** As Elasticsearch prints the characters that no name has. */
const FORBIDDEN_TEXT = "['\\\\','/','*','?','\"','<','>','|',' ',',']"

/** @throws ElkhornError `invalid_index_name_exception` (400) */
export function parseIndexName(text: string): IndexName {
  const problem = nameProblem(text) ?? (text === text.toLowerCase() ? undefined : 'must be lowercase')
  if (problem !== undefined) throw invalidIndexName(text, problem)
  return text as IndexName // the only cast to IndexName
}

export function invalidIndexName(text: string, problem: string): ElkhornError {
  return new ElkhornError('invalid_index_name_exception', 400, `Invalid index name [${text}], ${problem}`, {
    details: { index_uuid: '_na_', index: text },
  })
}

/** Aliases may have capitals. @throws ElkhornError `invalid_alias_name_exception` (400) */
export function checkAliasName(text: string): void {
  const problem = nameProblem(text)
  if (problem !== undefined)
    throw new ElkhornError('invalid_alias_name_exception', 400, `Invalid alias name [${text}]: ${problem}`)
}

function nameProblem(text: string): string | undefined {
  if (text === '') return 'must not be empty'
  if (FORBIDDEN.test(text)) return `must not contain the following characters ${FORBIDDEN_TEXT}`
  // Elasticsearch takes them; in logs, tables and file names they do harm.
  if (/\p{Cc}/u.test(text)) return 'must not contain control characters'
  if (text.includes('#')) return "must not contain '#'"
  if (text.includes(':')) return "must not contain ':'"
  if (/^[_+-]/.test(text)) return "must not start with '_', '-', or '+'"
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_NAME_BYTES) return `index name is too long, (${bytes} > ${MAX_NAME_BYTES})`
  if (text === '.' || text === '..') return "must not be '.' or '..'"
  return undefined
}
