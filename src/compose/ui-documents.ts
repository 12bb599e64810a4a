import { capabilityOf } from '../api/routes/field-caps.ts'
import type { IndexAccess } from '../core/access.ts'
import type { IndexAction } from '../core/actions.ts'
import type { JsonObject } from '../core/json.ts'
import { rawElements, rawMembers } from '../core/raw-members.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { IndexState } from '../index/index-state.ts'
import { resolveAbstractions, resolveIndices, searchOptions } from '../index/names/resolve-names.ts'
import { HitPrinter } from '../index/search/print-hit.ts'
import { search } from '../index/search/search.ts'
import { bindTargets, openTargets, type Where } from '../index/search/targets.ts'
import { parseQuery } from '../query/dsl/parse-query.ts'
import { parseSearch } from '../query/parse-search.ts'
import type { DocumentsPort, TailPort, TailPositions, TailRead } from '../ui-api/ports.ts'
import type { FieldsAnswer, FieldSummary } from '../ui-api/wire/fields.ts'
import type { Hit, SearchAnswer } from '../ui-api/wire/query.ts'

/** More fields than a list on a page can show. */
const MAX_FIELDS = 10_000
/** A tail that is this far behind jumps ahead: how far exactly does not matter. */
const MAX_COUNTED = 20_000
const TAIL_TIMEOUT_MILLIS = 10_000

/** What the pages need of the documents, over the same functions that the REST API uses. */
export function uiDocuments(context: IndexContext, nodeId: string): DocumentsPort {
  return {
    search: async (access, index, body, signal) => {
      const printing = { typedKeys: false, totalAsInt: false, node: nodeId, allowPartial: true }
      const request = parseSearch(body)
      return readAnswer(await search(context, access, whereOf(index), request, printing, signal))
    },
    fields: (access, index) => Promise.resolve(fieldsOf(context, access, index)),
    names: (access) => Promise.resolve(namesOf(context, access)),
    tail: tailOf(context),
  }
}

const whereOf = (index: string, action: IndexAction = 'indices:data/read/search'): Where => ({
  names: index.split(','),
  options: searchOptions,
  action,
})

/** The answer of `_search`, with the sources as the text they are. */
function readAnswer(text: string): SearchAnswer {
  const answer = rawMembers(text)
  const hits = rawMembers(answer.get('hits') ?? '{}')
  const total = hits.get('total')
  return {
    took: Number(answer.get('took')),
    timedOut: answer.get('timed_out') === 'true',
    total: total === undefined ? undefined : (JSON.parse(total) as SearchAnswer['total']),
    hits: rawElements(hits.get('hits') ?? '[]').map(readHit),
    aggregations: JSON.parse(answer.get('aggregations') ?? '{}') as JsonObject,
  }
}

function readHit(text: string): Hit {
  const hit = rawMembers(text)
  const [sort, seqNo] = [hit.get('sort'), hit.get('_seq_no')]
  return {
    index: JSON.parse(hit.get('_index') ?? '""') as string,
    id: JSON.parse(hit.get('_id') ?? '""') as string,
    ...(seqNo === undefined ? {} : { seqNo: Number(seqNo) }),
    source: hit.get('_source') ?? '{}',
    ...(sort === undefined ? {} : { sort: JSON.parse(sort) as NonNullable<Hit['sort']> }),
  }
}

function fieldsOf(context: IndexContext, access: IndexAccess, index: string): FieldsAnswer {
  const { names, options, action } = whereOf(index, 'indices:data/read/field_caps')
  const indices = resolveIndices({ catalog: context.catalog, access, action, now: context.clock.now() }, names, options)
  const byName = new Map<string, FieldSummary>()
  for (const { index: state } of indices) {
    const granted = access.fields(state.dataStream ?? state.name)
    for (const field of state.fields.all()) {
      if (granted && !granted(field.path)) continue
      const { type, searchable, aggregatable } = capabilityOf(state, field)
      const known = byName.get(field.path)
      byName.set(field.path, {
        name: field.path,
        type: known && known.type !== type ? 'conflict' : type,
        searchable: searchable && known?.searchable !== false,
        aggregatable: aggregatable && known?.aggregatable !== false && (!known || known.type === type),
      })
    }
  }
  const fields = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { fields: fields.slice(0, MAX_FIELDS), indices: indices.length, truncated: fields.length > MAX_FIELDS }
}

/** What `*` stands for: everything that is not hidden and may be read. */
function namesOf(context: IndexContext, access: IndexAccess): string[] {
  const found = resolveAbstractions(
    { catalog: context.catalog, access, action: 'indices:data/read/search', now: context.clock.now() },
    ['*'],
    searchOptions,
  )
  return found.map(({ name }) => name).sort()
}

function tailOf(context: IndexContext): TailPort {
  /** Up to where searches see each index, since somebody first asked. */
  const visible = new Map<string, number>()
  context.engine.onSearchable((uuid, upToSeqNo) => {
    if (visible.has(uuid)) visible.set(uuid, Math.max(upToSeqNo, visible.get(uuid) ?? -1))
  })
  /** An index that is asked about for the first time: what was written before now counts as seen when it is searchable. */
  const lookUp = async (indices: readonly IndexState[]): Promise<void> => {
    const unknown = indices.map(({ uuid }) => uuid).filter((uuid) => !visible.has(uuid))
    if (unknown.length === 0) return
    const stats = await context.engine.stats(unknown)
    await context.engine.waitUntilSearchable(unknown)
    for (const uuid of unknown) visible.set(uuid, Math.max(stats.get(uuid)?.maxSeqNo ?? -1, visible.get(uuid) ?? -1))
  }
  const indicesOf = (access: IndexAccess, index: string): readonly IndexState[] => {
    const { names, options, action } = whereOf(index)
    const resolved = resolveIndices({ catalog: context.catalog, access, action, now: context.clock.now() }, names, options)
    return resolved.map((one) => one.index)
  }
  return {
    positions: async (access, index) => {
      const indices = indicesOf(access, index)
      await lookUp(indices)
      return new Map(indices.map(({ uuid }) => [uuid, visible.get(uuid) ?? -1]))
    },
    read: (request) => readTail(context, request),
    onSearchable: (listener) => context.engine.onSearchable(() => listener()),
  }
}

async function readTail(context: IndexContext, request: Parameters<TailPort['read']>[0]): Promise<TailRead> {
  const { access, index, query, after, upTo, limit, signal } = request
  const { searched } = await openTargets(context, access, whereOf(index), context.clock.now())
  const behind = searched.filter(({ index: { uuid } }) => (after.get(uuid) ?? -1) < (upTo.get(uuid) ?? -1))
  const { targets, bound } = bindTargets(behind, query && parseQuery({ bool: { filter: [query] } }))
  if (targets.length === 0) return { hits: [], total: 0, positions: upTo }
  const result = await context.engine.search({
    targets: targets.map((target) => ({
      ...target,
      seqNoFrom: (after.get(target.schema.uuid) ?? -1) + 1,
      seqNoTo: upTo.get(target.schema.uuid) ?? -1,
    })),
    from: 0,
    size: limit,
    sort: [],
    trackTotalHits: MAX_COUNTED,
    trackScores: false,
    source: limit > 0,
    aggregations: [],
    maxBuckets: 1,
    timeoutMs: TAIL_TIMEOUT_MILLIS,
    signal,
  })
  const printer = new HitPrinter(bound, WHOLE_HIT, access)
  const total = Math.max(result.total?.value ?? 0, result.hits.length)
  return {
    hits: result.hits.map((hit) => readHit(printer.print(hit))),
    total,
    positions: total > result.hits.length ? lastOfEach(after, bound, result.hits) : upTo,
  }
}

const WHOLE_HIT: ConstructorParameters<typeof HitPrinter>[1] = {
  source: { kind: 'all' },
  fields: [],
  docvalueFields: [],
  storedFields: undefined,
  version: false,
  seqNoPrimaryTerm: true,
  sort: [],
}

/** Hits of one index come in the order of their sequence numbers: what is behind the last one was cut off. */
function lastOfEach(
  after: TailPositions,
  bound: readonly { readonly index: IndexState }[],
  hits: readonly { readonly target: number; readonly seqNo: number }[],
): TailPositions {
  const positions = new Map(after)
  for (const { target, seqNo } of hits) {
    const uuid = bound[target]?.index.uuid
    if (uuid !== undefined) positions.set(uuid, Math.max(seqNo, positions.get(uuid) ?? -1))
  }
  return positions
}
