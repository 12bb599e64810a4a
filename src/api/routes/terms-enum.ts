import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { search } from '../../index/search/search.ts'
import type { Where } from '../../index/search/targets.ts'
import { noAggregations, type AggregationTree } from '../../query/aggs/parse-aggregations.ts'
import { anyTerms } from '../../query/aggs/terms.ts'
import { bool, int, raw, readObject, text } from '../../query/dsl/reading.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'

const DEFAULT_SIZE = 10
const MAX_SIZE = 10_000

/** The terms of a field that begin with some text: what a page offers while somebody types. */
export const termsEnumRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_terms_enum'],
    action: 'indices:data/read/search',
    params: NAMES_PARAMS,
    handler: termsEnum,
  },
]

/** Texts have terms to list, though nobody may aggregate them. */
function allTerms(terms: JsonObject): AggregationTree {
  const parsed = anyTerms.parse(terms, { node: { terms }, key: 'terms', owner: 'terms' }, 'terms')
  const own = { name: 'terms', type: 'terms', request: terms, holdsOthers: true, meta: undefined } as const
  return { aggregations: [{ ...own, parsed, children: noAggregations }], pipelines: [] }
}

const MEMBERS = {
  field: text,
  string: text,
  size: int,
  case_insensitive: bool,
  search_after: text,
  timeout: text,
  index_filter: raw,
}

async function termsEnum(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const body = request.json() ?? {}
  const asked = readObject(body, { node: { body }, key: 'body', owner: 'terms_enum' }, MEMBERS, 'object')
  const { field, string = '', size = DEFAULT_SIZE, search_after: after } = asked
  if (field === undefined) throw illegalArgument('Validation Failed: 1: field cannot be null;')
  if (size < 1 || size > MAX_SIZE) throw illegalArgument(`[size] must be between 1 and ${MAX_SIZE}, was [${size}]`)
  const include = string === '' ? {} : { include: `${prefixPattern(string, asked.case_insensitive ?? false)}.*` }
  // One more than asked, to tell whether there are more; all of them where some are skipped.
  const terms = { field, size: after === undefined ? size + 1 : MAX_SIZE, order: { _key: 'asc' }, ...include }
  const searched: JsonObject = { size: 0, track_total_hits: false }
  const filter = asked.index_filter
  const where: Where = {
    names: namesOf(request),
    options: indicesOptions(request.query, searchOptions),
    action: 'indices:data/read/search',
  }
  const answer = await search(
    context.index,
    request.access,
    where,
    { ...parseSearch(filter === undefined ? searched : { ...searched, query: filter }), aggregations: allTerms(terms) },
    { typedKeys: false, totalAsInt: false, node: context.node.id, allowPartial: true },
    request.signal,
  )
  const { _shards: shards, aggregations } = JSON.parse(answer) as Answered
  const found = (aggregations?.terms.buckets ?? [])
    .map(({ key, key_as_string: keyText }) => keyText ?? String(key))
    .filter((term) => after === undefined || term > after)
  const { total, successful, failed } = shards
  return ok({ _shards: { total, successful, failed }, terms: found.slice(0, size), complete: found.length <= size })
}

interface Answered {
  readonly _shards: { readonly total: number; readonly successful: number; readonly failed: number }
  readonly aggregations?: { readonly terms: { readonly buckets: readonly Bucket[] } }
}

interface Bucket {
  readonly key: JsonValue
  readonly key_as_string?: string
}

/** A regular expression in Lucene's syntax that matches the text itself, in any case if asked. */
function prefixPattern(prefix: string, anyCase: boolean): string {
  return Array.from(prefix, (character) => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    if (anyCase && lower !== upper) return `(${lower}|${upper})`
    return /[\p{L}\p{N} ]/u.test(character) ? character : `\\${character}`
  }).join('')
}
