import type { Timestamp } from '../../core/timestamp.ts'

export type SqlValue = null | boolean | number | bigint | string | Timestamp

/** A statement and its values, which never become part of its text. */
export interface Statement {
  /** The text before, between and behind the values: one more than these. */
  readonly pieces: readonly string[]
  readonly values: readonly SqlValue[]
}

/** A statement whose values are not known yet: by their names, or by their places. */
export interface StatementTemplate {
  readonly pieces: readonly string[]
  /** Names of the values, one between two pieces; for places, `0`, `1` … */
  readonly names: readonly string[]
}

/** What is text to SQL: literals, quoted names, comments, and the casts of PostgreSQL. */
const TEXT = String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|\x60[^\x60]*\x60|--[^\n]*|/\*[^]*?\*/|::`

/** Finds `:name` of the names that are known; any other stays text. */
export function namedStatement(sql: string, known: ReadonlySet<string>): StatementTemplate {
  return split(sql, new RegExp(`${TEXT}|:([A-Za-z_]\\w*)`, 'g'), (name) =>
    name !== undefined && known.has(name) ? name : undefined,
  )
}

/** Finds the question marks of a prepared statement. */
export function positionalStatement(sql: string): StatementTemplate {
  let place = 0
  return split(sql, new RegExp(`${TEXT}|(\\?)`, 'g'), (mark) => (mark === undefined ? undefined : String(place++)))
}

export function bind({ pieces, names }: StatementTemplate, valueOf: (name: string, place: number) => SqlValue): Statement {
  return { pieces, values: names.map(valueOf) }
}

/** The text as a driver wants it, with its own placeholders. @param placeholder of the value at a place, from 1 */
export function statementText({ pieces }: Statement, placeholder: (place: number) => string): string {
  return pieces.map((piece, place) => (place === 0 ? piece : placeholder(place) + piece)).join('')
}

function split(sql: string, pattern: RegExp, nameOf: (found: string | undefined) => string | undefined): StatementTemplate {
  const pieces: string[] = []
  const names: string[] = []
  let start = 0
  // A semicolon at the end is none of the statement's: drivers that take one statement refuse it.
  const text = sql.trim().replace(/;+$/, '')
  for (const match of text.matchAll(pattern)) {
    const name = nameOf(match[1])
    if (name === undefined) continue
    pieces.push(text.slice(start, match.index))
    names.push(name)
    start = match.index + match[0].length
  }
  pieces.push(text.slice(start))
  return { pieces, names }
}
