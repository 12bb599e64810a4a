import type { FieldValue } from '../../../../query/field.ts'
import { DATABASE, SEQ_NO, type StoredColumn, type TableLayout, textIndexName } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { frequencyMarkerPrefix } from '../../token-column.ts'
import { text, uint } from '../columns.ts'
import { exists } from '../query/column-test.ts'
import { flag } from '../query/condition.ts'
import { termsCondition } from '../query/terms.ts'
import type { Statements } from '../statement.ts'
import type { FieldStatistics } from './bm25.ts'

/** How many documents hold a token, and with which frequencies above one. */
export interface TokenStatistics {
  readonly matching: number
  /** Ascending; empty where the token never stands twice in a document. */
  readonly frequencies: readonly { readonly count: number; readonly documents: number }[]
}

export interface TermStatistics extends FieldStatistics {
  readonly matching: number
}

/** What the text index of a column knows of some tokens, by token; those it does not know are absent. */
export async function loadTokenStatistics(
  column: StoredColumn,
  { table }: TableLayout,
  tokens: readonly string[],
  statements: Statements,
): Promise<ReadonlyMap<string, TokenStatistics>> {
  const markers = tokens.map((token) => sql`startsWith(token, ${frequencyMarkerPrefix(token)})`)
  const rows = await statements.select(
    { token: text(sql`token`), documents: uint(sql`sum(cardinality)`) },
    sql`FROM mergeTreeTextIndex(${DATABASE}, ${table}, ${textIndexName(column.name)})
      WHERE token IN ${tokens} OR ${joinSql(markers, ' OR ')} GROUP BY token`,
  )
  const byToken = new Map(rows.map((row) => [row.token, row.documents]))
  const known = new Map<string, TokenStatistics>()
  for (const token of tokens) {
    const matching = byToken.get(token)
    if (matching === undefined) continue
    const prefix = frequencyMarkerPrefix(token)
    const frequencies = rows.flatMap((row) =>
      row.token.startsWith(prefix) ? [{ count: Number(row.token.slice(prefix.length)), documents: row.documents }] : [],
    )
    known.set(token, { matching, frequencies: frequencies.toSorted((a, b) => a.count - b.count) })
  }
  return known
}

/** Of a keyword: documents with a value, all their values (equal ones of a document once), and documents with the most frequent one of these values. */
export async function loadTermStatistics(
  column: StoredColumn,
  { table }: TableLayout,
  terms: readonly FieldValue[],
  statements: Statements,
): Promise<TermStatistics> {
  const counts = terms.map((term) => sql`countIf(${flag(termsCondition(column, [term]))})`)
  const several = column.arrayName === undefined ? sql`0` : sql`sum(arrayUniq(${identifier(column.arrayName)}))`
  const [row] = await statements.select(
    {
      documents: uint(sql`countIf(${flag(exists(column))})`),
      tokens: uint(sql`count(${identifier(column.name)}) + ${several}`),
      matching: uint(sql`greatest(${joinSql([sql`0`, ...counts], ', ')})`),
    },
    sql`FROM ${identifier(DATABASE)}.${identifier(table)}`,
  )
  return row ?? { documents: 0, tokens: 0, matching: 0 }
}

export interface TextStatistics extends FieldStatistics {
  /** Fewest tokens of a document that has any. */
  readonly shortest: number
  /** Most tokens of a document. */
  readonly longest: number
}

export const NO_TEXT: TextStatistics = { documents: 0, tokens: 0, shortest: 0, longest: 0 }

interface CachedLengths extends TextStatistics {
  readonly upToSeqNo: number
}

/** Enough for the text fields of everything that is searched in turns. */
const MAX_CACHED_FIELDS = 10_000

/**
 * Lengths of text fields, summed over a table. Rows only ever come on top, so a known sum is only added to: a search a
 * second after the last one reads the rows of that second.
 */
export class LengthStatistics {
  readonly #known = new Map<string, CachedLengths>()

  async load(column: StoredColumn, layout: TableLayout, statements: Statements): Promise<TextStatistics> {
    const { lengthName } = column
    if (lengthName === undefined) return NO_TEXT
    const key = `${layout.uuid} ${lengthName}`
    const known = this.#known.get(key)
    if (known !== undefined && known.upToSeqNo >= layout.visibleSeqNo) return known
    const added = await sumLengths(identifier(lengthName), layout, known?.upToSeqNo, statements)
    const sum: CachedLengths = {
      documents: (known?.documents ?? 0) + added.documents,
      tokens: (known?.tokens ?? 0) + added.tokens,
      shortest:
        known === undefined || known.documents === 0 ? added.shortest : Math.min(known.shortest, added.shortest || Infinity),
      longest: Math.max(known?.longest ?? 0, added.longest),
      upToSeqNo: layout.visibleSeqNo,
    }
    this.#known.delete(key)
    this.#known.set(key, sum)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_CACHED_FIELDS && oldest !== undefined) this.#known.delete(oldest)
    return sum
  }
}

async function sumLengths(
  length: Sql,
  { table, visibleSeqNo }: TableLayout,
  after: number | undefined,
  statements: Statements,
): Promise<TextStatistics> {
  const seqNo = identifier(SEQ_NO)
  const newer = after === undefined ? sql`${seqNo} <= ${visibleSeqNo}` : sql`${seqNo} > ${after} AND ${seqNo} <= ${visibleSeqNo}`
  const columns = {
    documents: uint(sql`countIf(${length} > 0)`),
    tokens: uint(sql`sum(${length})`),
    shortest: uint(sql`minIf(${length}, ${length} > 0)`),
    longest: uint(sql`max(${length})`),
  }
  const [row] = await statements.select(columns, sql`FROM ${identifier(DATABASE)}.${identifier(table)} WHERE ${newer}`)
  return row ?? NO_TEXT
}
