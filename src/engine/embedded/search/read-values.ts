import type { StatementError } from '../lanes.ts'
import type { Sql } from '../sql.ts'

/** The column that an error is about, in the name that the engine gives to what its index of terms answers. */
const BY_INDEX = /__text_index_([fa]\d+\w*?)_terms_hasAnyTokens/
const CALLS = /hasAnyTokens\(`([fa])(\d+\w*)`, /g

/**
 * The same statement with the values looked at where the index of terms cannot be asked; `undefined` when the error is about
 * something else.
 *
 * The engine fails over parts of a table from before a column was added: in the place of the column it puts a default
 * without a type, which then is no text. Those parts go away with the next merge.
 */
export function readingValues(statement: Sql, error: StatementError): Sql | undefined {
  const column = BY_INDEX.exec(error.message)?.[1]
  if (column === undefined) return undefined
  // A field with lists has a column of single values beside that of lists, and both are missing.
  const missing = new Set([column.slice(1)])
  for (const [, kind, name] of statement.text.matchAll(CALLS)) if (kind === 'a' && name !== undefined) missing.add(name)
  const text = statement.text.replaceAll(CALLS, (call, kind: string, name: string) => {
    if (!missing.has(name)) return call
    return kind === 'a' ? `hasAny(\`a${name}\`, ` : `hasAny([\`f${name}\`], `
  })
  return text === statement.text ? undefined : { kind: 'sql', text }
}
