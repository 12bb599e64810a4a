import { illegalArgument } from '../../../../core/errors.ts'
import { parseShape } from '../../../../core/geo-shape.ts'
import type { Query, TermPattern } from '../../../../query/ast.ts'
import { intervalPatterns } from '../../../../query/interval-rule.ts'
import { isRelatedShape } from '../../../../query/shape-relation.ts'
import { termMatcher } from '../../../../query/term-matcher.ts'
import { DATABASE, type StoredColumn, type TableLayout, textIndexName } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { text, texts, uint } from '../columns.ts'
import type { Statements } from '../statement.ts'
import { editDistance } from './edit-distance.ts'
import { literalPrefix, needsExpansion, patternTest, type TestablePattern } from './pattern-test.ts'

/** How a pattern over indexed terms is answered. `count`: of the terms, each as often as parts of the table hold it. */
export type Expansion =
  /** The terms that match; for fuzzy patterns the best ones, best first. */
  | { readonly kind: 'terms'; readonly terms: readonly ExpandedTerm[] }
  /** The engine expands it anew while it plans the statement: too many terms to carry them back and forth. */
  | { readonly kind: 'dictionary'; readonly terms: Sql; readonly count: number }
  /** More terms than looking them up one by one is worth: the column is read. */
  | { readonly kind: 'scan'; readonly count: number }

export interface ExpandedTerm {
  readonly term: string
  /** Edits between the asked term and this one; 0 but for fuzzy patterns. */
  readonly edits: number
}

/** By node of the query; patterns that need none are absent. */
export type Expansions = ReadonlyMap<Query, Expansion>

/**
 * A looked-up term costs 3.5 microseconds, as a literal of the statement 1.3 more, a read document 0.04. Terms of one
 * prefix lie together and are soon found a second time; others take a pass over all terms.
 */
const MAX_CARRIED_TERMS = { withPrefix: 1_000, others: 20_000 }
const DOCUMENTS_PER_TERM = 100

/** Asks the term dictionaries of a table what the patterns of a query stand for. */
export async function expandPatterns(query: Query, layout: TableLayout, statements: Statements): Promise<Expansions> {
  const expansions = new Map<Query, Expansion>()
  const { patterns, nested } = patternNodes(query)
  await Promise.all([
    ...patterns.map(async (node) => {
      const column = layout.column(node.field)
      if (column === undefined) return
      const expansion =
        node.kind === 'phrase'
          ? await prefixTerms(node, column, layout, statements)
          : node.kind === 'shape'
            ? await relatedShapes(node, column, layout, statements)
            : await expand(node, column, layout, statements)
      if (expansion !== undefined) expansions.set(node, expansion)
    }),
    ...nested.map(async ({ path, query: inner }) => {
      const objects = layout.objects?.(path)
      if (objects === undefined) return
      for (const [node, expansion] of await expandPatterns(inner, objects, statements)) expansions.set(node, expansion)
    }),
  ])
  return expansions
}

type PatternNode = Extract<Query, { kind: 'pattern' | 'phrase' | 'shape' }>
type NestedNode = Extract<Query, { kind: 'nested' }>

/** Patterns over the table itself, and queries about other tables, which may hold some. */
function patternNodes(query: Query): { readonly patterns: readonly PatternNode[]; readonly nested: readonly NestedNode[] } {
  const patterns: PatternNode[] = []
  const nested: NestedNode[] = []
  const visit = (node: Query): void => {
    switch (node.kind) {
      case 'pattern':
      case 'shape':
        patterns.push(node)
        return
      case 'phrase':
        if (node.phrase.lastIsPrefix) patterns.push(node)
        return
      case 'intervals':
        for (const one of intervalPatterns(node.rule))
          if (node.scoredBy !== undefined || needsExpansion(one.pattern)) patterns.push(one)
        return
      case 'nested':
        nested.push(node)
        return
      case 'bool':
        for (const inner of [node.must, node.filter, node.should, node.mustNot].flat()) visit(inner)
        return
      case 'constant_score':
      case 'has_child':
      case 'has_parent':
        visit(node.query)
        return
      case 'dis_max':
        for (const inner of node.queries) visit(inner)
        return
      case 'boosting':
        visit(node.positive)
        visit(node.negative)
        return
      case 'function_score':
        visit(node.query)
        for (const { filter } of node.functions) visit(filter)
        return
      default:
        return
    }
  }
  visit(query)
  return { patterns, nested }
}

async function expand(
  { pattern }: Extract<Query, { kind: 'pattern' }>,
  column: StoredColumn,
  layout: TableLayout,
  statements: Statements,
): Promise<Expansion | undefined> {
  if (pattern.kind === 'fuzzy') return fuzzyTerms(pattern, column, layout, statements)
  if (needsExpansion(pattern)) return filteredTerms(pattern, column, layout, statements)
  if (column.storage !== 'tokens' && !column.termIndex) return undefined
  const prefix = literalPrefix(pattern)
  const terms = indexedTerms(column, layout, prefix, (term) => patternTests(term, pattern, prefix))
  const most = prefix === '' ? MAX_CARRIED_TERMS.others : MAX_CARRIED_TERMS.withPrefix
  const columns = { count: uint(sql`count()`), terms: texts(sql`groupUniqArray(${most})(term)`) }
  const [row] = await statements.select(columns, sql`FROM (${terms})`)
  if (row === undefined || row.count <= most) {
    return { kind: 'terms', terms: (row?.terms ?? []).map((term) => ({ term, edits: 0 })) }
  }
  if (row.count > layout.rows / DOCUMENTS_PER_TERM) return { kind: 'scan', count: row.count }
  return { kind: 'dictionary', terms: sql`(SELECT groupUniqArray(term) FROM (${terms}))`, count: row.count }
}

/** Terms that are looked through here, one after the other. */
const MAX_FILTERED_TERMS = 200_000

async function filteredTerms(
  pattern: TestablePattern,
  column: StoredColumn,
  layout: TableLayout,
  statements: Statements,
): Promise<Expansion> {
  const prefix = literalPrefix(pattern)
  const terms = indexedTerms(column, layout, prefix)
  const rows = await statements.select(
    { term: text(sql`term`) },
    sql`FROM (${terms}) GROUP BY term LIMIT ${MAX_FILTERED_TERMS + 1}`,
  )
  if (rows.length > MAX_FILTERED_TERMS) {
    throw illegalArgument(
      `the field [${column.field.path}] has too many terms for a pattern with a complement (~) or an intersection (&) inside of it; ` +
        'begin the pattern with literal characters, or use a bool query',
    )
  }
  const matches = termMatcher(pattern)
  return { kind: 'terms', terms: rows.filter(({ term }) => matches(term)).map(({ term }) => ({ term, edits: 0 })) }
}

/** Bytes of shapes that a statement carries. */
const MAX_SHAPE_BYTES = 8_000_000

/** The shapes of a field that lie as asked: JavaScript compares them, each once however many documents have it. */
async function relatedShapes(
  { shape, relation }: Extract<Query, { kind: 'shape' }>,
  column: StoredColumn,
  layout: TableLayout,
  statements: Statements,
): Promise<Expansion> {
  const terms = indexedTerms(column, layout, '')
  const rows = await statements.select(
    { term: text(sql`term`) },
    sql`FROM (${terms}) WHERE term != '' GROUP BY term LIMIT ${MAX_FILTERED_TERMS + 1}`,
  )
  const asked = parseShape(shape)
  const related = rows.filter(({ term }) => isRelatedShape(parseShape(term), asked, relation))
  if (rows.length > MAX_FILTERED_TERMS || related.reduce((sum, { term }) => sum + term.length, 0) > MAX_SHAPE_BYTES) {
    throw illegalArgument(
      `the field [${column.field.path}] has too many different shapes for a geo_shape query; ask in a smaller index, or map points as [geo_point]`,
    )
  }
  return { kind: 'terms', terms: related.map(({ term }) => ({ term, edits: 0 })) }
}

/** The first tokens, in order, that begin with the last one of a phrase. */
async function prefixTerms(
  { phrase }: Extract<Query, { kind: 'phrase' }>,
  column: StoredColumn,
  layout: TableLayout,
  statements: Statements,
): Promise<Expansion> {
  const prefix = phrase.places.at(-1)?.tokens[0] ?? ''
  const terms = indexedTerms(column, layout, prefix)
  const rest = sql`FROM (${terms}) GROUP BY term ORDER BY term LIMIT ${phrase.maxExpansions}`
  const rows = await statements.select({ term: text(sql`term`) }, rest)
  return { kind: 'terms', terms: rows.map(({ term }) => ({ term, edits: 0 })) }
}

type Fuzzy = Extract<TermPattern, { kind: 'fuzzy' }>

async function fuzzyTerms(pattern: Fuzzy, column: StoredColumn, layout: TableLayout, statements: Statements): Promise<Expansion> {
  const { term, edits, prefixLength, transpositions, maxExpansions } = pattern
  const length = Array.from(term).length
  const prefix = literalPrefix(pattern)
  const near = indexedTerms(column, layout, prefix, (candidate) => [
    sql`lengthUTF8(${candidate}) BETWEEN ${Math.max(0, length - edits)} AND ${length + edits}`,
    // A swap of neighbours counts as two of these edits.
    sql`editDistanceUTF8(${candidate}, ${term}) <= ${transpositions ? 2 * edits : edits}`,
  ])
  const rows = await statements.select({ term: text(sql`term`) }, sql`FROM (${near}) GROUP BY term`)
  const tail = (value: string): string => Array.from(value).slice(prefixLength).join('')
  const terms = rows.flatMap(({ term: candidate }) => {
    const distance = editDistance(tail(term), tail(candidate), edits, transpositions)
    return distance <= edits ? [{ term: candidate, edits: distance }] : []
  })
  terms.sort((a, b) => similarity(term, b) - similarity(term, a) || Buffer.compare(Buffer.from(a.term), Buffer.from(b.term)))
  return { kind: 'terms', terms: terms.slice(0, maxExpansions) }
}

/** By which Lucene's fuzzy query ranks and weighs its terms (FuzzyTermsEnum). */
export function similarity(asked: string, { term, edits }: ExpandedTerm): number {
  if (edits === 0) return 1
  return Math.max(0, Math.fround(1 - Math.fround(edits / Math.min(Array.from(asked).length, Array.from(term).length))))
}

/** What is left to test of a term that begins with `prefix`. */
function patternTests(term: Sql, pattern: TestablePattern, prefix: string): readonly Sql[] {
  const test = patternTest(term, pattern)
  return test.text === beginsWith(term, prefix).text ? [] : [test]
}

function beginsWith(term: Sql, prefix: string): Sql {
  return sql`startsWith(${term}, ${prefix})`
}

/** A statement of the terms that begin so and pass the tests, as `term`: one row for every part of the table that holds one. */
function indexedTerms(
  column: StoredColumn,
  { table }: TableLayout,
  prefix: string,
  tests: (term: Sql) => readonly Sql[] = () => [],
): Sql {
  const names = [column.name, ...(column.arrayName === undefined ? [] : [column.arrayName])]
  const filtered = (term: Sql, from: Sql, always: readonly Sql[]): Sql => {
    const all = [...always, ...(prefix === '' ? [] : [beginsWith(term, prefix)]), ...tests(term)]
    return all.length === 0
      ? sql`SELECT ${term} AS term ${from}`
      : sql`SELECT ${term} AS term ${from} WHERE ${joinSql(all, ' AND ')}`
  }
  if (column.storage === 'tokens' || column.termIndex) {
    // Pseudo-tokens begin with \x02 and are nothing that a pattern may find; most prefixes leave them out.
    const mayFind = column.storage === 'tokens' && (prefix === '' || prefix.startsWith('\x02'))
    const real = mayFind ? [sql`NOT startsWith(token, ${'\x02'})`] : []
    const indices = names.map((name) => sql`FROM mergeTreeTextIndex(${DATABASE}, ${table}, ${textIndexName(name)})`)
    return joinSql(
      indices.map((from) => filtered(sql`token`, from, real)),
      ' UNION ALL ',
    )
  }
  const from = sql`FROM ${identifier(DATABASE)}.${identifier(table)}`
  const values = names.map((name, i) => (i === 0 ? sql`assumeNotNull(${identifier(name)})` : sql`arrayJoin(${identifier(name)})`))
  return joinSql(
    values.map((value) => filtered(sql`value`, sql`FROM (SELECT DISTINCT ${value} AS value ${from})`, [])),
    ' UNION ALL ',
  )
}
