import type { IndexAccess } from '../core/access.ts'
import type { IndexContext } from '../index/index-context.ts'
import { HitPrinter } from '../index/search/print-hit.ts'
import { bindTargets, openTargets } from '../index/search/targets.ts'
import { resolveIndices } from '../index/names/resolve-names.ts'
import { parseQuery } from '../query/dsl/parse-query.ts'
import { namesOf, pageOptions } from './page-names.ts'
import type { TailPort, TailPositions } from './ports.ts'

/**
 * Indices whose end is looked up when a tail begins although nothing was written to them since the start of the program;
 * the newest first. Others count from the first write that is noticed.
 */
const MAX_LOOKED_UP = 200
const READ_TIMEOUT_MS = 10_000

/** Live tails by sequence number: every index numbers its writes, and the engine tells how far searches can see. */
export function indexTail(context: IndexContext): TailPort {
  const { catalog, engine, clock } = context
  /** How far searches see, of indices that were written to since the program started. */
  const searchable = new Map<string, number>()
  const listeners = new Set<() => void>()
  engine.onSearchable((uuid, upToSeqNo) => {
    searchable.set(uuid, upToSeqNo)
    for (const listener of listeners) listener()
  })
  const resolve = (access: IndexAccess, index: string) =>
    resolveIndices({ catalog, access, action: 'indices:data/read/search', now: clock.now() }, namesOf(index), pageOptions).map(
      (resolved) => resolved.index,
    )
  const where = (index: string) => ({ names: namesOf(index), options: pageOptions, action: 'indices:data/read/search' }) as const

  return {
    async start(access, index) {
      const positions = new Map<string, number>()
      const unknown: { readonly uuid: string; readonly createdAt: number }[] = []
      for (const state of resolve(access, index)) {
        const seen = searchable.get(state.uuid)
        if (seen === undefined) unknown.push(state)
        else positions.set(state.uuid, seen)
      }
      const newest = unknown.sort((a, b) => b.createdAt - a.createdAt).slice(0, MAX_LOOKED_UP)
      const uuids = newest.map(({ uuid }) => uuid)
      if (uuids.length > 0) {
        // What is counted now is searchable after the wait; what comes meanwhile is new.
        const stats = await engine.stats(uuids)
        await engine.waitUntilSearchable(uuids)
        for (const [uuid, { maxSeqNo }] of stats) positions.set(uuid, maxSeqNo)
      }
      return positions
    },

    newest(access, index, after, since) {
      const newest = new Map<string, number>()
      for (const { uuid, createdAt } of resolve(access, index)) {
        const end = searchable.get(uuid)
        if (end === undefined || end <= (after.get(uuid) ?? -1)) continue
        // An old index that was not looked up: what it held before must not come as new.
        if (after.has(uuid) || createdAt >= since) newest.set(uuid, end)
      }
      return newest
    },

    async read({ access, index, query, after, upTo, limit, signal }) {
      const { searched } = await openTargets(context, access, where(index), clock.now())
      const wanted = searched.filter((one) => upTo.has(one.index.uuid))
      const { targets, bound } = bindTargets(wanted, query === undefined ? undefined : parseQuery(query))
      const positions = new Map<string, number>(upTo)
      if (targets.length === 0) return { hits: [], total: 0, positions }
      const bounded = targets.map((target, at) => {
        const uuid = bound[at]?.index.uuid ?? ''
        return { ...target, seqNoFrom: (after.get(uuid) ?? -1) + 1, seqNoTo: upTo.get(uuid) ?? -1 }
      })
      const { hits, total } = await engine.search({
        targets: bounded,
        from: 0,
        size: limit,
        sort: [{ field: '_doc', order: 'asc', missing: 'last', mode: 'min' }],
        trackTotalHits: Infinity,
        trackScores: false,
        source: true,
        aggregations: [],
        maxBuckets: 1,
        timeoutMs: READ_TIMEOUT_MS,
        signal,
      })
      const found = total?.value ?? hits.length
      if (hits.length < found && limit > 0) stopAtLast(positions, after, bounded, hits)
      const printer = new HitPrinter(bound, PRINTED, access)
      return { hits: hits.map((hit) => printer.print(hit)), total: found, positions }
    },

    onSearchable(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Hits as they are told: with their source, as text. */
const PRINTED = {
  source: { kind: 'all' },
  fields: [],
  docvalueFields: [],
  storedFields: undefined,
  version: false,
  seqNoPrimaryTerm: false,
  sort: [],
  sourceAsText: true,
} as const

/** Sets positions back to the last hit of each index: the next read goes on there. */
function stopAtLast(
  positions: Map<string, number>,
  after: TailPositions,
  targets: readonly { readonly schema: { readonly uuid: string } }[],
  hits: readonly { readonly target: number; readonly seqNo: number }[],
): void {
  for (const { schema } of targets) positions.set(schema.uuid, after.get(schema.uuid) ?? -1)
  for (const { target, seqNo } of hits) {
    const uuid = targets[target]?.schema.uuid
    if (uuid !== undefined) positions.set(uuid, Math.max(positions.get(uuid) ?? -1, seqNo))
  }
}
