import type { RawKey } from './bucket-key.ts'
import type { Cell } from './cell.ts'
import type { PathLevel } from './group-statement.ts'

/** The bucket that a row's first columns, its keys, lead to; `undefined` for one that was not kept under its parent. */
export function cellAt(root: Cell, path: readonly PathLevel[], row: readonly unknown[]): Cell | undefined {
  let cell: Cell | undefined = root
  for (let i = 0; i < path.length && cell !== undefined; i++) {
    const node = path[i]?.node
    cell = node === undefined ? undefined : cell.groups.get(node)?.get(row[i] as RawKey)
  }
  return cell
}

/** All buckets at the end of a path. */
export function cellsAt(root: Cell, path: readonly PathLevel[]): readonly Cell[] {
  return path.reduce<readonly Cell[]>(
    (cells, { node }) => cells.flatMap((cell) => [...(cell.groups.get(node)?.values() ?? [])]),
    [root],
  )
}
