import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { EngineHit, EngineSearch, EngineSearchResult, SearchTarget } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { contentException } from '../../query/dsl/errors.ts'
import type { Field, FieldType, FieldValue } from '../../query/field.ts'
import { DATES, NUMBERS } from '../../query/field-kinds.ts'
import { parseHighlight } from '../../query/highlight/highlight-request.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { bindSort, type SortKey } from '../../query/sort.ts'
import { valueFormat } from '../../query/value-format.ts'
import { HitPrinter, printScore } from './print-hit.ts'
import type { SearchedIndex } from './targets.ts'

/** `collapse`: of all hits with the same value of a field the best one, and others of its group within it. */
export interface Collapse {
  readonly field: string
  readonly innerHits: readonly InnerHits[]
}

/** Hits of a group that stand within the group's own hit. */
export interface InnerHits {
  readonly name: string
  readonly request: SearchRequest
  readonly collapse: Collapse | undefined
}

const INNER_SIZE = 3

/** @throws ElkhornError (400) for what it does not know, and for what cannot go along with it */
export function parseCollapse(json: JsonValue, request: SearchRequest, isScroll: boolean): Collapse {
  if (isScroll) throw illegalArgument('cannot use `collapse` in a scroll context')
  if (request.raw.rescore !== undefined) throw illegalArgument('cannot use `collapse` in conjunction with `rescore`')
  if (request.searchAfter) throw illegalArgument('cannot use `collapse` in conjunction with `search_after`')
  return readCollapse(json, true)
}

function readCollapse(json: JsonValue, isOuter: boolean): Collapse {
  if (!isJsonObject(json)) throw illegalArgument('[collapse] must be an object')
  const { field, inner_hits: inner, max_concurrent_group_searches: _concurrent, ...others } = json
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw contentException(`[collapse] unknown field [${unknown}]`, { node: json, part: { key: unknown } })
  if (typeof field !== 'string' || field === '') throw illegalArgument('collapse must have a field')
  if (inner !== undefined && !isOuter)
    throw contentException('[collapse] failed to parse field [collapse]: inner_hits cannot be used within inner_hits', {
      node: json,
      part: { key: 'inner_hits' },
    })
  const list: readonly (JsonValue | undefined)[] = inner === undefined ? [] : Array.isArray(inner) ? inner : [inner]
  const innerHits = list.map((one) => readInner(one ?? null, list.length > 1))
  const names = innerHits.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw illegalArgument(`[inner_hits] already contains an entry for key [${twice}]`)
  return { field, innerHits }
}

function readInner(json: JsonValue, isNamed: boolean): InnerHits {
  if (!isJsonObject(json)) throw illegalArgument('[inner_hits] must be an object')
  const { name, ignore_unmapped: _ignored, collapse, ...rest } = json
  if (name === undefined && isNamed) throw illegalArgument('[inner_hits] must have a [name] where there are several')
  const request = parseSearch({ size: INNER_SIZE, ...rest })
  return {
    name: typeof name === 'string' ? name : '',
    request,
    collapse: collapse === undefined ? undefined : readCollapse(collapse, false),
  }
}

/** The field in an index. @throws ElkhornError (400) where hits cannot be told apart by it */
export function collapseField({ field: path }: Collapse, { bind }: SearchedIndex): Field {
  const field = bind.fields.find(path)
  if (!field) throw illegalArgument(`no mapping found for \`${path}\` in order to collapse on`)
  if (!COLLAPSIBLE.has(field.type))
    throw illegalArgument(`unknown type for collapse field \`${path}\`, only keywords and numbers are accepted`)
  if (!field.parameters.docValues) throw illegalArgument(`cannot collapse on field \`${path}\` without \`doc_values\``)
  return field
}

const COLLAPSIBLE: ReadonlySet<FieldType> = new Set(['keyword', 'constant_keyword', ...NUMBERS, ...DATES, 'boolean', 'ip'])

type Search = (request: EngineSearch) => Promise<EngineSearchResult>

/** A hit, and the value that its group has. */
export interface CollapsedHit {
  readonly hit: EngineHit
  readonly value: FieldValue | null
}

/** Hits that are asked for at a time, while groups are missing. */
const BATCH = 200

/**
 * The best hit of each group, in the order of the search. Hits are taken in batches; the groups that were found are left
 * out of the next one, so that a large group costs no more than a small one.
 */
export async function searchCollapsed(
  search: Search,
  request: EngineSearch,
  fields: readonly Field[],
): Promise<{ readonly result: EngineSearchResult; readonly hits: readonly CollapsedHit[] }> {
  const path = fields[0]?.path
  const sort = request.sort.length > 0 ? request.sort : [BY_SCORE]
  const wanted = request.from + request.size
  const keys: readonly SortKey[] = path === undefined ? sort : [...sort, IN_ORDER, groupKey(path)]
  const found: CollapsedHit[] = []
  let result: EngineSearchResult | undefined
  const seen = new Map<string, FieldValue | null>()
  do {
    const asked = {
      ...request,
      sort: keys,
      from: 0,
      size: wanted === 0 ? 0 : Math.max(BATCH, 2 * (wanted - found.length)),
      targets: request.targets.map((target, i) => without(target, fields[i], [...seen.values()])),
      trackScores: request.trackScores || request.sort.length === 0,
      ...(result ? { trackTotalHits: 0, aggregations: [], trackScores: request.trackScores || request.sort.length === 0 } : {}),
    }
    const batch = await search(asked)
    result ??= batch
    let isNew = false
    for (const hit of batch.hits) {
      const value = hit.sort.at(-1) ?? null
      const key = keyOf(value)
      if (seen.has(key)) continue
      seen.set(key, value)
      isNew = true
      found.push({ hit: { ...hit, sort: hit.sort.slice(0, sort.length) }, value })
    }
    if (batch.hits.length < asked.size || !isNew) break
  } while (found.length < wanted)
  return { result, hits: found.slice(request.from, wanted) }
}

const BY_SCORE: SortKey = { field: '_score', order: 'desc', missing: 'last', mode: 'max' }
/** Of equal hits the one that came first, whatever group it is in. */
const IN_ORDER: SortKey = { field: '_doc', order: 'asc', missing: 'last', mode: 'min' }
const groupKey = (field: string): SortKey => ({ field, order: 'asc', missing: 'last', mode: 'min', unmappedType: 'keyword' })
const keyOf = (value: FieldValue | null): string =>
  value === null ? '-' : `${typeof value} ${value instanceof Uint8Array ? value.join(',') : String(value)}`

function without(target: SearchTarget, field: Field | undefined, seen: readonly (FieldValue | null)[]): SearchTarget {
  if (!field || seen.length === 0) return target
  const values = seen.filter((value) => value !== null)
  const mustNot: Query[] = values.length > 0 ? [{ kind: 'terms', field: field.path, values }] : []
  const filter: Query[] = values.length < seen.length ? [{ kind: 'exists', field: field.path }] : []
  return { ...target, query: bool(target.query, filter, mustNot) }
}

const bool = (must: Query, filter: readonly Query[], mustNot: readonly Query[]): Query => ({
  kind: 'bool',
  must: [must],
  filter,
  should: [],
  mustNot,
  minimumShouldMatch: 0,
})

/** What the hits of groups show beside themselves. */
export interface CollapsePrinting {
  readonly searched: readonly SearchedIndex[]
  readonly targets: readonly SearchTarget[]
  readonly fields: readonly Field[]
  readonly query: SearchRequest['query']
  readonly access: IndexAccess
  readonly search: Search
  /** Limits and signal of the request. */
  readonly base: Pick<EngineSearch, 'maxBuckets' | 'timeoutMs' | 'signal'>
  readonly totalAsInt: boolean
}

/** `fields` and `inner_hits` of one group's hit, as JSON text of members. */
export async function printGroup(
  { value }: CollapsedHit,
  { field, innerHits }: Collapse,
  printing: CollapsePrinting,
): Promise<{ readonly fields: string | undefined; readonly innerHits: string | undefined }> {
  const [first] = printing.fields
  const inner = await Promise.all(
    innerHits.map(
      async (one) => `${JSON.stringify(one.name === '' ? field : one.name)}:${await printInner(one, value, printing)}`,
    ),
  )
  // The group of the documents without a value shows none.
  const members: JsonObject | undefined = value === null || !first ? undefined : { [field]: [valueFormat(first, {}).json(value)] }
  return { fields: members && printJson(members), innerHits: innerHits.length > 0 ? `{${inner.join(',')}}` : undefined }
}

async function printInner(
  { request, collapse }: InnerHits,
  value: FieldValue | null,
  printing: CollapsePrinting,
): Promise<string> {
  const { searched, access, query, base } = printing
  const binds = searched.map(({ bind }) => bind)
  const sort = bindSort(request.sort, binds)
  const { highlight } = request.raw
  const options = highlight === undefined ? {} : { highlight: { request: parseHighlight(highlight), query } }
  const printer = new HitPrinter(searched, { ...request, ...options, sort }, access)
  const targets = printing.targets.map((target, i) => within(target, printing.fields[i], value))
  const asked: EngineSearch = {
    ...base,
    targets,
    from: request.from,
    size: request.size,
    sort,
    trackTotalHits: request.trackTotalHits,
    trackScores: request.trackScores,
    source: printer.needsSource,
    aggregations: [],
  }
  let hits: readonly string[]
  let result: EngineSearchResult
  if (collapse) {
    const fields = searched.map((one) => collapseField(collapse, one))
    const found = await searchCollapsed(printing.search, asked, fields)
    result = found.result
    hits = await Promise.all(
      found.hits.map(async (one) => printer.print(one.hit, await printGroup(one, collapse, { ...printing, fields, targets }))),
    )
  } else {
    result = await printing.search(asked)
    hits = result.hits.map((hit) => printer.print(hit))
  }
  const { total } = result
  const count = !total ? '' : printing.totalAsInt ? `"total":${total.value},` : `"total":${JSON.stringify(total)},`
  const isSorted = sort.length > 0 && !sort.some((key) => key.field === '_score')
  const maxScore = isSorted && !request.trackScores ? null : result.maxScore
  return `{"hits":{${count}"max_score":${printScore(maxScore)},"hits":[${hits.join(',')}]}}`
}

function within(target: SearchTarget, field: Field | undefined, value: FieldValue | null): SearchTarget {
  if (!field) return target
  if (value === null) return { ...target, query: bool(target.query, [], [{ kind: 'exists', field: field.path }]) }
  return { ...target, query: bool(target.query, [{ kind: 'terms', field: field.path, values: [value] }], []) }
}
