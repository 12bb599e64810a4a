import type { StoredDocument } from '../../core/stored-document.ts'
import type { EngineHit, SearchTarget } from '../../engine/engine.ts'
import type { SortKey } from '../../query/sort.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'

export interface ScanOptions {
  /** Documents of one batch. */
  readonly size: number
  /** Empty: index by index, in order of arrival. */
  readonly sort: readonly SortKey[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const BY_ARRIVAL: SortKey = { field: '_doc', order: 'asc', missing: 'last', mode: 'min' }

/** The targets as they are at this moment: what is written later is not seen, also by a scan that goes on for hours. */
export async function frozen(context: IndexContext, targets: readonly SearchTarget[]): Promise<readonly SearchTarget[]> {
  const stats = await context.engine.stats(targets.map(({ schema }) => schema.uuid))
  return targets.map((target) => ({ ...target, seqNoTo: stats.get(target.schema.uuid)?.maxSeqNo ?? 0 }))
}

/** All documents that frozen targets hold, batch by batch. */
export async function* scan(
  context: IndexContext,
  targets: readonly SearchTarget[],
  indices: readonly IndexState[],
  options: ScanOptions,
): AsyncGenerator<readonly StoredDocument[]> {
  if (options.sort.length > 0) {
    for (let from = 0; ; from += options.size) {
      const hits = await page(context, targets, { ...options, sort: [...options.sort, BY_ARRIVAL], from })
      if (hits.length > 0) yield await withRouting(context, hits, indices)
      if (hits.length < options.size) return
    }
  }
  for (const [at, target] of targets.entries()) {
    const index = indices[at]
    if (!index) continue
    let after: EngineHit['sort'] | undefined
    for (;;) {
      const hits = await page(context, [target], { ...options, sort: [BY_ARRIVAL], from: 0, ...(after ? { after } : {}) })
      if (hits.length > 0) yield await withRouting(context, hits, [index])
      if (hits.length < options.size) break
      after = hits.at(-1)?.sort
    }
  }
}

async function page(
  context: IndexContext,
  targets: readonly SearchTarget[],
  options: ScanOptions & { readonly from: number; readonly after?: EngineHit['sort'] },
): Promise<readonly EngineHit[]> {
  const { hits } = await context.engine.search({
    targets,
    from: options.from,
    size: options.size,
    sort: options.sort,
    ...(options.after ? { searchAfter: options.after } : {}),
    trackTotalHits: 0,
    trackScores: false,
    source: true,
    aggregations: [],
    maxBuckets: 0,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  })
  return hits
}

/** Hits do not carry their routing; the newest version has the same, because a document keeps the one it was made with. */
async function withRouting(
  context: IndexContext,
  hits: readonly EngineHit[],
  indices: readonly IndexState[],
): Promise<readonly StoredDocument[]> {
  const idsByTarget = new Map<number, string[]>()
  for (const { target, id } of hits) {
    const ids = idsByTarget.get(target)
    if (ids) ids.push(id)
    else idsByTarget.set(target, [id])
  }
  const routings = new Map<string, string | undefined>()
  for (const [target, ids] of idsByTarget) {
    const index = indices[target]
    if (!index) continue
    const stored = await context.engine.getMany(index, ids)
    for (const [at, id] of ids.entries()) routings.set(`${target} ${id}`, stored[at]?.routing)
  }
  return hits.flatMap(({ target, id, seqNo, version, source }) => {
    const index = indices[target]
    if (!index || !source) return []
    return [{ index: index.name, id, seqNo, version, routing: routings.get(`${target} ${id}`), source }]
  })
}
