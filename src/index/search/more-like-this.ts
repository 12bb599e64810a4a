import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { analyzerFor } from '../../query/analysis/analysis.ts'
import { matchAll, type Query } from '../../query/ast.ts'
import { isText, queryShardException, type BindContext } from '../../query/bind/context.ts'
import { normalizeKeyword } from '../../query/bind/term.ts'
import { number } from '../../query/dsl/reading.ts'
import type { Field } from '../../query/field.ts'
import { valuesAt } from '../../core/values-at.ts'
import { documentIfAny, type LookupContext } from './looked-up-document.ts'
import { sourcePath } from './source-path.ts'
import { openTargets, type SearchedIndex } from './targets.ts'

const KNOWN = new Set([
  'like',
  'unlike',
  'fields',
  'max_query_terms',
  'min_term_freq',
  'min_doc_freq',
  'max_doc_freq',
  'min_word_length',
  'max_word_length',
  'stop_words',
  'analyzer',
  'minimum_should_match',
  'fail_on_unsupported_field',
  'boost_terms',
  'include',
  'boost',
  '_name',
])

/** Frequencies that are asked for, of all fields together: those of the terms that are most often in what is liked. */
const MAX_COUNTED = 1000

/** What is around it is looked at all the same: that nothing is alike is not known before the index is. */
const NOTHING = { bool: { must_not: [{ match_all: {} }] } } as const

interface Term {
  /** The field of whose analyzer it comes. */
  readonly field: string
  /** Where it may be asked for: in the one that has it most often. */
  readonly among: readonly string[]
  readonly text: string
  count: number
}

/**
 * The query that `more_like_this` comes to: the terms of what is liked that tell the most (often there, seldom elsewhere), as
 * Lucene's MoreLikeThis chooses them.
 * @throws ElkhornError (400)
 */
export async function moreLikeThis(json: JsonObject, lookup: LookupContext): Promise<JsonObject> {
  for (const key of Object.keys(json)) {
    if (!KNOWN.has(key)) throw illegalArgument(`[more_like_this] query does not support [${key}]`)
  }
  if (json['like'] === undefined)
    throw new ElkhornError('parsing_exception', 400, "more_like_this requires 'like' to be specified")
  const names = json['fields'] === undefined ? undefined : strings(json['fields'])
  if (names?.length === 0) throw illegalArgument("[more_like_this] requires 'fields' to be non-empty")
  if (numberOf(json, 'max_query_terms', 25) <= 0) throw illegalArgument("requires 'maxQueryTerms' to be greater than 0")
  const { context, access, where } = lookup
  const { searched } = await openTargets(context, access, where, context.clock.now())
  const [first] = searched
  if (!first) return NOTHING
  if (json['fail_on_unsupported_field'] !== false) checkSupported(names ?? [], first)
  const liked = listOf(json['like'])
  const unlike = await termsOf(listOf(json['unlike']), names, json, first, lookup)
  // What documents have and what texts have are asked for apart, each with its own minimum.
  const groups = await Promise.all(
    [liked.filter(isJsonObject), liked.filter((item) => !isJsonObject(item))].map(async (items) => {
      const terms = await termsOf(items, names, json, first, lookup)
      for (const [key] of unlike) terms.delete(key)
      return clausesOf([...terms.values()], json, searched, lookup)
    }),
  )
  const should = groups
    .filter((clauses) => clauses.length > 0)
    .map((clauses) => ({ should: clauses, minimum_should_match: json['minimum_should_match'] ?? '30%' }))
  const [only, other] = should
  if (only === undefined) return NOTHING
  const ids = liked.flatMap((one) => (isJsonObject(one) && one['_id'] !== undefined ? [String(one['_id'])] : []))
  return {
    bool: {
      ...(other === undefined ? only : { should: should.map((bool) => ({ bool })) }),
      ...(ids.length > 0 && json['include'] !== true ? { must_not: [{ ids: { values: ids } }] } : {}),
      ...(json['boost'] === undefined ? {} : { boost: json['boost'] }),
      ...(json['_name'] === undefined ? {} : { _name: json['_name'] }),
    },
  }
}

/** A clause for each of the terms that tell the most, chosen field by field. */
async function clausesOf(
  terms: readonly Term[],
  json: JsonObject,
  searched: readonly SearchedIndex[],
  lookup: LookupContext,
): Promise<readonly JsonObject[]> {
  const boosts = numberOf(json, 'boost_terms', 0)
  const fields = [...new Set(terms.map(({ field }) => field))]
  const clauses = await Promise.all(
    fields.map(async (field) => {
      const own = terms.filter((term) => term.field === field)
      const chosen = await choose(own, Math.ceil(MAX_COUNTED / fields.length), json, searched, lookup)
      // Boosts are relative to the last of them.
      const least = chosen.at(-1)?.score ?? 1
      return chosen.map(({ term, score }) => ({
        term: { [term.field]: { value: term.text, ...(boosts > 0 ? { boost: (boosts * score) / least } : {}) } },
      }))
    }),
  )
  return clauses.flat()
}

/** By field and text. */
async function termsOf(
  items: readonly JsonValue[],
  names: readonly string[] | undefined,
  options: JsonObject,
  searched: SearchedIndex,
  lookup: LookupContext,
): Promise<Map<string, Term>> {
  const terms = new Map<string, Term>()
  const add = (field: Field, among: readonly Field[], text: string): void => {
    const key = `${field.path}\u0000${text}`
    const term = terms.get(key)
    if (term) term.count += 1
    else terms.set(key, { field: field.path, among: among.map(({ path }) => path), text, count: 1 })
  }
  for (const item of items) {
    const document = await likedDocument(item, searched, lookup)
    const asked = isJsonObject(item) && item['fields'] !== undefined ? strings(item['fields']) : names
    const fields = fieldsOf(asked, searched)
    // A text is analyzed as one of the first field, where fields are named.
    const isOfFirst = !isJsonObject(item) && names !== undefined
    for (const field of isOfFirst ? fields.slice(0, 1) : fields) {
      const values =
        typeof document === 'string' ? [document] : document ? valuesAt(document, sourcePath(searched.index, field.path)) : []
      for (const value of values)
        for (const text of analyzed(field, value, options, searched)) add(field, isOfFirst ? fields : [field], text)
    }
  }
  return terms
}

async function likedDocument(
  item: JsonValue,
  { index }: SearchedIndex,
  lookup: LookupContext,
): Promise<JsonObject | string | undefined> {
  if (!isJsonObject(item)) return String(item)
  if (isJsonObject(item['doc'])) return item['doc']
  const { _index: name = index.name, _id: id, routing, _routing: older } = item
  if (id === undefined) throw illegalArgument('[more_like_this] item needs an [_id], a [doc], or is a text')
  return documentIfAny({ index: String(name), id: String(id), routing: routing ?? older }, lookup)
}

/** @throws ElkhornError `query_shard_exception` (400) for a field of another type that is asked for */
function checkSupported(names: readonly string[], { bind }: SearchedIndex): void {
  for (const name of names) {
    const field = bind.fields.find(name)
    if (field && !isSupported(field))
      throw queryShardException(bind, `failed to create query: more_like_this only supports text/keyword fields: [${name}]`)
  }
}

const isSupported = (field: Field): boolean => isText(field) || field.type === 'keyword'

/** The fields asked for, else all that hold words. */
function fieldsOf(names: readonly string[] | undefined, { bind }: SearchedIndex): readonly Field[] {
  const fields = names ? names.flatMap((name) => bind.fields.match(name)) : bind.fields.all()
  return fields.filter(isSupported)
}

function analyzed(field: Field, value: JsonValue, options: JsonObject, { index, bind }: SearchedIndex): readonly string[] {
  const asked = typeof options['analyzer'] === 'string' ? options['analyzer'] : undefined
  const least = numberOf(options, 'min_word_length', 0)
  const most = numberOf(options, 'max_word_length', 0)
  const stop = new Set(options['stop_words'] === undefined ? [] : strings(options['stop_words']))
  const texts = isText(field)
    ? analyzerFor(asked ?? field.parameters.analyzer ?? 'default', index.analysis)
        .analyze(String(value))
        .map(({ term }) => term)
    : keywordsOf(field, String(value), bind)
  return texts.filter((text) => text.length >= least && (most === 0 || text.length <= most) && !stop.has(text))
}

/** A keyword as the field has it; none where it is too long for it. */
function keywordsOf(field: Field, text: string, bind: BindContext): readonly string[] {
  const { ignoreAbove = Infinity } = field.parameters
  return text.length > ignoreAbove ? [] : [normalizeKeyword(field, text, bind)]
}

/** The terms of a field that tell the most, best first; `counted`: of how many frequencies are asked for. */
async function choose(
  terms: readonly Term[],
  counted: number,
  options: JsonObject,
  searched: readonly SearchedIndex[],
  { context, signal }: LookupContext,
): Promise<readonly { readonly term: Term; readonly score: number }[]> {
  const minCount = numberOf(options, 'min_term_freq', 2)
  const minDocuments = numberOf(options, 'min_doc_freq', 5)
  const maxDocuments = numberOf(options, 'max_doc_freq', Infinity)
  const countOf = (queryOf: (one: SearchedIndex) => Query): Promise<number> =>
    context.engine.count(
      searched.map((one) => ({ schema: one.index, query: queryOf(one) })),
      signal,
    )
  const documents = await countOf(() => matchAll)
  const frequent = terms.filter(({ count }) => count >= minCount).sort((a, b) => b.count - a.count)
  const scored = await Promise.all(
    frequent.slice(0, Math.ceil(counted / (terms[0]?.among.length ?? 1))).map(async (term) => {
      const counts = await Promise.all(
        term.among.map((field) => countOf(({ bind }) => termQuery(bind.fields.find(field), term.text))),
      )
      const found = Math.max(0, ...counts)
      const field = term.among[counts.indexOf(found)] ?? term.field
      const wanted = found > 0 && found >= minDocuments && found <= maxDocuments
      return wanted ? [{ term: { ...term, field }, score: term.count * (1 + Math.log((documents + 1) / (found + 1))) }] : []
    }),
  )
  return scored
    .flat()
    .sort((a, b) => b.score - a.score)
    .slice(0, numberOf(options, 'max_query_terms', 25))
}

function termQuery(field: Field | undefined, text: string): Query {
  if (!field) return { kind: 'none' }
  return isText(field)
    ? { kind: 'tokens', field: field.path, tokens: [text], minimum: 1 }
    : { kind: 'terms', field: field.path, values: [text] }
}

/** @throws ElkhornError (400) for what is no number */
function numberOf(options: JsonObject, name: string, otherwise: number): number {
  const value = options[name]
  return value === undefined ? otherwise : number(value, { node: options, key: name, owner: 'more_like_this' })
}

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly JsonValue[]) : [value]

const strings = (value: JsonValue): readonly string[] => listOf(value).map(String)
