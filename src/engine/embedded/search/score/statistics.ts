import type { FieldValue } from '../../../../query/field.ts'
import { DATABASE, type StoredColumn, type TableLayout, textIndexName } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { frequencyMarkerPrefix } from '../../token-column.ts'
import { text, uint } from '../columns.ts'
import { exists } from '../query/column-test.ts'
import { and, type Condition, flag, where } from '../query/condition.ts'
import { termsCondition } from '../query/terms.ts'
import type { Statements } from '../statement.ts'
import type { FieldStatistics } from './bm25.ts'
import { GrowingSums, visibleRows } from './growing-sums.ts'

/** How many documents hold a token, and with which frequencies above one. */
export interface TokenStatistics {
  readonly matching: number
  /** Ascending; empty where the token never stands twice in a document. */
  readonly frequencies: readonly { readonly count: number; readonly documents: number }[]
}

export interface TermStatistics extends FieldStatistics {
  readonly matching: number
}

/** Tokens that are compared with one by one: a set of them costs as much. */
const MAX_COMPARED = 20

/** What the text index of a column knows of some tokens, by token; those it does not know are absent. */
export async function loadTokenStatistics(
  column: StoredColumn,
  { table }: TableLayout,
  tokens: readonly string[],
  statements: Statements,
): Promise<ReadonlyMap<string, TokenStatistics>> {
  const markers = tokens.map((token) => sql`startsWith(token, ${frequencyMarkerPrefix(token)})`)
  // One row for each part of the table. Comparing is 1.3 CPU-ms cheaper than a set, and grouping costs 0.6.
  const itself = tokens.length > MAX_COMPARED ? [sql`token IN ${tokens}`] : tokens.map((token) => sql`token = ${token}`)
  const rows = await statements.select(
    { token: text(sql`token`), documents: uint(sql`cardinality`) },
    sql`FROM mergeTreeTextIndex(${DATABASE}, ${table}, ${textIndexName(column.name)})
      WHERE ${joinSql([...itself, ...markers], ' OR ')}`,
  )
  const byToken = new Map<string, number>()
  for (const row of rows) byToken.set(row.token, (byToken.get(row.token) ?? 0) + row.documents)
  const known = new Map<string, TokenStatistics>()
  for (const token of tokens) {
    const matching = byToken.get(token)
    if (matching === undefined) continue
    const prefix = frequencyMarkerPrefix(token)
    const frequencies = [...byToken].flatMap(([marker, documents]) =>
      marker.startsWith(prefix) ? [{ count: Number(marker.slice(prefix.length)), documents }] : [],
    )
    known.set(token, { matching, frequencies: frequencies.toSorted((a, b) => a.count - b.count) })
  }
  return known
}

export interface TextStatistics extends FieldStatistics {
  /** Fewest tokens of a document that has any. */
  readonly shortest: number
  /** Most tokens of a document. */
  readonly longest: number
}

export const NO_TEXT: TextStatistics = { documents: 0, tokens: 0, shortest: 0, longest: 0 }

/** A list of more terms than that is hardly asked for again. */
const MAX_KNOWN_TERMS = 16

/** What scores need to know of whole tables: loaded once, and then kept up with what is written. */
export class CorpusStatistics {
  readonly #texts = new GrowingSums<TextStatistics>(addTexts)
  readonly #keywords = new GrowingSums<FieldStatistics>((known, added) => ({
    documents: known.documents + added.documents,
    tokens: known.tokens + added.tokens,
  }))
  readonly #terms = new GrowingSums<readonly number[]>((known, added) => known.map((count, at) => count + (added[at] ?? 0)))

  async text(column: StoredColumn, layout: TableLayout, statements: Statements): Promise<TextStatistics> {
    const { lengthName } = column
    if (lengthName === undefined) return NO_TEXT
    const measure = (rows: Condition): Promise<TextStatistics> => sumLengths(identifier(lengthName), layout, rows, statements)
    return this.#texts.load(layout, lengthName, measure)
  }

  /** Of a keyword: documents with a value, all their values (equal ones of a document once), and documents with the most frequent one of these values. */
  async term(
    column: StoredColumn,
    layout: TableLayout,
    terms: readonly FieldValue[],
    statements: Statements,
  ): Promise<TermStatistics> {
    const [field, counts] = await Promise.all([
      this.#keywords.load(layout, column.name, (rows) => sumValues(column, layout, rows, statements)),
      this.#counts(column, layout, terms, statements),
    ])
    return { ...field, matching: Math.max(0, ...counts) }
  }

  /** Documents with each of these values. */
  #counts(
    column: StoredColumn,
    layout: TableLayout,
    terms: readonly FieldValue[],
    statements: Statements,
  ): Promise<readonly number[]> {
    const conditions = terms.map((term) => termsCondition(column, [term]))
    const measure = (rows: Condition): Promise<readonly number[]> => countEach(conditions, layout, rows, statements)
    if (terms.length > MAX_KNOWN_TERMS) return measure(visibleRows(layout.visibleSeqNo))
    return this.#terms.load(layout, conditions.map((condition) => flag(condition).text).join('\n'), measure)
  }
}

const addTexts = (known: TextStatistics, added: TextStatistics): TextStatistics => ({
  documents: known.documents + added.documents,
  tokens: known.tokens + added.tokens,
  shortest: known.documents === 0 ? added.shortest : Math.min(known.shortest, added.shortest || Infinity),
  longest: Math.max(known.longest, added.longest),
})

const fromRows = ({ table }: TableLayout, rows: Condition): Sql =>
  sql`FROM ${identifier(DATABASE)}.${identifier(table)} ${where(rows)}`

async function sumLengths(length: Sql, layout: TableLayout, rows: Condition, statements: Statements): Promise<TextStatistics> {
  const columns = {
    documents: uint(sql`countIf(${length} > 0)`),
    tokens: uint(sql`sum(${length})`),
    shortest: uint(sql`minIf(${length}, ${length} > 0)`),
    longest: uint(sql`max(${length})`),
  }
  const [row] = await statements.select(columns, fromRows(layout, rows))
  return row ?? NO_TEXT
}

async function sumValues(
  column: StoredColumn,
  layout: TableLayout,
  rows: Condition,
  statements: Statements,
): Promise<FieldStatistics> {
  const several = column.arrayName === undefined ? sql`0` : sql`sum(arrayUniq(${identifier(column.arrayName)}))`
  const columns = {
    documents: uint(sql`countIf(${flag(exists(column))})`),
    tokens: uint(sql`count(${identifier(column.name)}) + ${several}`),
  }
  const [row] = await statements.select(columns, fromRows(layout, rows))
  return row ?? { documents: 0, tokens: 0 }
}

/** How many of these rows fulfil each of the conditions. A single one is where indexes help. */
async function countEach(
  conditions: readonly Condition[],
  layout: TableLayout,
  rows: Condition,
  statements: Statements,
): Promise<readonly number[]> {
  const [only] = conditions
  if (only === undefined) return []
  const [columns, condition] =
    conditions.length === 1
      ? [[uint(sql`count()`)], and([only, rows])]
      : [conditions.map((one) => uint(sql`countIf(${flag(one)})`)), rows]
  const [counts] = await statements.selectRows(columns, fromRows(layout, condition))
  return (counts ?? []) as readonly number[]
}
