import type { AggregationResult } from '../../../../query/aggregation.ts'
import type { BucketBinding } from './bucket-binding.ts'
import type { RawKey } from './bucket-key.ts'
import type { MeasureTree } from './measure-tree.ts'
import type { BucketNode } from './plan.ts'

/** A bucket while the tree is computed, or the root: all documents. */
export class Cell {
  /** What `values` are of. */
  tree: MeasureTree | undefined
  values: unknown[] = []
  readonly groups = new Map<BucketNode, Map<RawKey, Cell>>()
  /** Documents of buckets that were cut, by aggregation. */
  readonly otherDocCounts = new Map<BucketNode, number>()
  /** How many buckets there were before some were cut, by aggregation. */
  readonly bucketCounts = new Map<BucketNode, number>()
  /** The buckets that were chosen for this one, by aggregation. */
  readonly choices = new Map<BucketNode, Pick<BucketBinding, 'always' | 'interval'>>()
  /** What was computed once the bucket was known to stay. */
  readonly later = new Map<string, AggregationResult>()

  get docCount(): number {
    return this.tree?.count(this.values) ?? 0
  }

  /** Adds the values of a group; `offset` is where they begin in its row. */
  add(tree: MeasureTree, row: readonly unknown[], offset: number): void {
    if (this.tree === undefined) {
      this.tree = tree
      this.values = tree.empty()
    }
    tree.merge(this.values, row, offset)
  }

  child(node: BucketNode, raw: RawKey): Cell {
    let group = this.groups.get(node)
    if (group === undefined) this.groups.set(node, (group = new Map()))
    let cell = group.get(raw)
    if (cell === undefined) group.set(raw, (cell = new Cell()))
    return cell
  }
}
