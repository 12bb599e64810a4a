import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { analyzerFor } from '../../query/analysis/analysis.ts'
import { isText, searchAnalyzer } from '../../query/bind/context.ts'
import { bool, boost, number, raw, readObject, singleField, text } from '../../query/dsl/reading.ts'
import type { Field } from '../../query/field.ts'
import { textOf, type LookupContext } from './looked-up-document.ts'
import { openTargets, type SearchedIndex } from './targets.ts'

/** Share of the documents above which a term is common. */
const DEFAULT_CUTOFF = 0.01

/**
 * The query that `common` terms come to, as Lucene's CommonTermsQuery rewrites itself: rare terms decide what matches, common
 * ones, of which there are so many documents, only add to the score.
 * @throws ElkhornError (400)
 */
export async function commonTerms(json: JsonObject, lookup: LookupContext): Promise<JsonObject> {
  const { field: path, value, at } = singleField(json, { node: { common: json }, key: 'common', owner: 'common' })
  const asked = readObject(isJsonObject(value) ? value : { query: textOf(value) }, at, {
    query: text,
    analyzer: text,
    cutoff_frequency: number,
    low_freq_operator: text,
    high_freq_operator: text,
    minimum_should_match: raw,
    disable_coord: bool,
    boost,
    _name: text,
  })
  if (asked.query === undefined) throw illegalArgument('text cannot be null')
  const { context, access, where } = lookup
  const { searched } = await openTargets(context, access, where, context.clock.now())
  const found = searched.find(({ bind }) => bind.fields.find(path) !== undefined)
  const field = found?.bind.fields.find(path)
  if (!found || !field) return { match_none: {} }
  const { analyzer } = asked
  const terms = [...new Set(analyzed(field, asked.query, analyzer, found))]
  const { rare, common } = await byFrequency(terms, field.path, asked.cutoff_frequency ?? DEFAULT_CUTOFF, searched, lookup)
  const { minimum_should_match: minimum, low_freq_operator: low = 'or', high_freq_operator: high = 'or' } = asked
  const [rareMinimum, commonMinimum] = isJsonObject(minimum) ? [minimum['low_freq'], minimum['high_freq']] : [minimum, undefined]
  const { boost: factor, _name: name } = asked
  const own = { ...(factor !== undefined && { boost: factor }), ...(name !== undefined && { _name: name }) }
  const rareGroup = group(rare, path, isAnd(low), rareMinimum)
  // Common terms alone are all asked for: any of them would match nearly everything.
  const allCommon = isAnd(high) || (rare.length === 0 && commonMinimum === undefined)
  const commonGroup = group(common, path, allCommon, commonMinimum)
  if (terms.length === 0) return { match_none: {} }
  if (common.length === 0) return { bool: { must: [rareGroup], ...own } }
  if (rare.length === 0) return { bool: { must: [commonGroup], ...own } }
  return { bool: { must: [rareGroup], should: [commonGroup], ...own } }
}

const isAnd = (operator: string): boolean => operator.toLowerCase() === 'and'

function group(terms: readonly string[], field: string, all: boolean, minimum: JsonValue | undefined): JsonObject {
  const clauses = terms.map((term) => ({ term: { [field]: { value: term } } }))
  if (all) return { bool: { must: clauses } }
  return { bool: { should: clauses, ...(minimum !== undefined && minimum !== null ? { minimum_should_match: minimum } : {}) } }
}

function analyzed(field: Field, query: string, analyzer: string | undefined, { bind, index }: SearchedIndex): readonly string[] {
  if (!isText(field)) return [query]
  const used = analyzer === undefined ? searchAnalyzer(field, undefined, bind) : analyzerFor(analyzer, index.analysis)
  return used.analyze(query).map(({ term }) => term)
}

/** `cutoff`: documents from 1 on, below a share of all. */
async function byFrequency(
  terms: readonly string[],
  path: string,
  cutoff: number,
  searched: readonly SearchedIndex[],
  { context, signal }: LookupContext,
): Promise<{ readonly rare: readonly string[]; readonly common: readonly string[] }> {
  const all = await context.engine.count(
    searched.map(({ index }) => ({ schema: index, query: { kind: 'all' } })),
    signal,
  )
  const most = cutoff >= 1 ? cutoff : Math.ceil(cutoff * all)
  const counts = await Promise.all(
    terms.map((term) =>
      context.engine.count(
        searched.map(({ index }) => ({ schema: index, query: { kind: 'tokens', field: path, tokens: [term], minimum: 1 } })),
        signal,
      ),
    ),
  )
  const isCommon = terms.map((_, i) => (counts[i] ?? 0) > most)
  return { rare: terms.filter((_, i) => isCommon[i] !== true), common: terms.filter((_, i) => isCommon[i] === true) }
}
