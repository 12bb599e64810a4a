import { illegalArgument } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import type { Query } from './ast.ts'
import { isPlainObject, queryShardException, withinNested, type BindContext } from './bind/context.ts'
import { bindQuery } from './dsl/bind-query.ts'
import { parseQuery } from './dsl/parse-query.ts'
import { int, raw, readObject, text, type Member } from './dsl/reading.ts'
import type { UnboundQuery } from './dsl/unbound.ts'

/** Which nested objects a document is sorted by: those of the last path, within objects of the others. */
export interface NestedSort {
  /** Outermost first; of each path those that `filter` matches: one query for each search target, none for all. */
  readonly levels: readonly { readonly path: string; readonly filter: readonly Query[] | undefined }[]
  /** Only the first so many of them in each document count. */
  readonly maxChildren: number | undefined
}

/** `nested` of a sort key, as the request has it. */
export interface UnboundNestedSort {
  readonly path: string
  readonly filter: UnboundQuery | undefined
  readonly maxChildren: number | undefined
  readonly nested: UnboundNestedSort | undefined
}

/** @throws ElkhornError (400) */
export function readNestedSort(value: JsonValue, at: Member): UnboundNestedSort {
  const inside: Member = { ...at, owner: 'nested' }
  const read = readObject(value, inside, { path: text, filter: raw, max_children: int, nested: readNestedSort }, 'object')
  if (read.path === undefined) throw illegalArgument('[nested] of a sort requires a [path]')
  return {
    path: read.path,
    filter: read.filter === undefined || read.filter === null ? undefined : parseQuery(read.filter),
    maxChildren: read.max_children,
    nested: read.nested,
  }
}

/** @throws ElkhornError `query_shard_exception` (400) for a path that an index does not have */
export function bindNestedSort(sort: UnboundNestedSort, indices: readonly BindContext[]): NestedSort {
  const levels: { readonly path: string; readonly filter: readonly Query[] | undefined }[] = []
  let maxChildren: number | undefined
  for (let level: UnboundNestedSort | undefined = sort; level; level = level.nested) {
    const { path, filter } = level
    for (const context of indices) requireNested(path, context)
    levels.push({ path, filter: filter && indices.map((context) => bindQuery(filter, withinNested(context, path))) })
    maxChildren = level.maxChildren ?? maxChildren
  }
  return { levels, maxChildren }
}

/** An index as those see it that a key sorts by: its documents, or their nested objects. */
export function sortedScope(nested: UnboundNestedSort | undefined, context: BindContext): BindContext {
  let last = nested
  while (last?.nested) last = last.nested
  return last ? withinNested(context, last.path) : context
}

function requireNested(path: string, context: BindContext): void {
  if (context.nested?.objects.some((one) => one.path === path) === true) return
  const reason = isPlainObject(path, context)
    ? `[nested] nested object under path [${path}] is not of nested type`
    : `[nested] failed to find nested object under path [${path}]`
  throw queryShardException(context, reason)
}
