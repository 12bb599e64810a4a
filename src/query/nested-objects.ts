/**
 * Nested objects of one path: documents of their own within a document, whose fields only queries, aggregations and sorts
 * about that path see.
 */
export interface NestedObjects {
  readonly path: string
  /** Path of the nested objects that hold these; empty where documents do. */
  readonly parent: string
  /** 1 right in documents, 2 in objects that are nested themselves, … */
  readonly depth: number
  /** Their fields are seen among those of what holds them, too, or of the document. */
  readonly includeInParent: boolean
  readonly includeInRoot: boolean
}

/** Where a query, an aggregation or a sort key is: among documents (empty), or among the nested objects of a path. */
export type ScopePath = string

/** The innermost nested objects that hold a path; `undefined` where documents do. */
export function nestedAround(path: string, all: readonly NestedObjects[]): NestedObjects | undefined {
  let found: NestedObjects | undefined
  for (const one of all) if (path.startsWith(`${one.path}.`) && one.depth > (found?.depth ?? 0)) found = one
  return found
}

/** Whether a field is seen from a scope: it belongs to its objects, or to objects within them that show it. */
export function isVisibleIn(scope: ScopePath, path: string, all: readonly NestedObjects[]): boolean {
  let holder = nestedAround(path, all)
  while (holder !== undefined && holder.path !== scope) {
    if (scope === '' && holder.includeInRoot) return true
    if (!holder.includeInParent) return false
    const { parent } = holder
    holder = all.find((one) => one.path === parent)
  }
  return (holder?.path ?? '') === scope
}

/** Nested objects from a scope down to those of a path, outermost first; `undefined` where they are not within the scope. */
export function nestedBelow(scope: ScopePath, path: string, all: readonly NestedObjects[]): readonly NestedObjects[] | undefined {
  const chain: NestedObjects[] = []
  for (let at = path; at !== scope; at = chain[0]?.parent ?? '') {
    const one = all.find((nested) => nested.path === at)
    if (one === undefined) return undefined
    chain.unshift(one)
  }
  return chain
}

/** Whether objects of a path are around those of another, or are these themselves. Documents are around all. */
export function isAround(outer: ScopePath, inner: ScopePath): boolean {
  return outer === '' || outer === inner || inner.startsWith(`${outer}.`)
}
