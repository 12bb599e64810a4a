import type { NestedObjects } from '../../../query/nested-objects.ts'
import type { MappedObject } from '../../engine.ts'
import { aroundColumn, objectSeqNo, SOURCE } from '../layout.ts'
import { type InsertColumn, wholeColumn } from './arrow-column.ts'
import type { Batch } from './batch.ts'

/** Nested objects of one path that wait to be stored: rows like those of documents, without sources and ids. */
export class ObjectBatch {
  readonly nested: NestedObjects
  readonly batch: Batch
  /** By depth and row, the sequence numbers of the objects around a row's object. */
  readonly #around: readonly number[][]

  constructor(nested: NestedObjects, batch: Batch) {
    this.nested = nested
    this.batch = batch
    this.#around = Array.from({ length: nested.depth - 1 }, () => [])
  }

  add(documentSeqNo: number, { number, around, values }: MappedObject): void {
    const row = this.batch.rows
    this.batch.add({ seqNo: objectSeqNo(documentSeqNo, number), ...PLAIN }, values)
    this.#around.forEach((column, i) => (column[row] = objectSeqNo(documentSeqNo, around[i] ?? 0)))
  }

  truncateFrom(documentSeqNo: number): void {
    this.batch.truncateFrom(objectSeqNo(documentSeqNo, 0))
    for (const column of this.#around) column.length = this.batch.rows
  }

  systemColumns(): InsertColumn[] {
    const own = this.batch.systemColumns().filter(({ column }) => column !== SOURCE)
    return [...own, ...this.#around.map((column, i) => wholeColumn(aroundColumn(i + 1), Float64Array.from(column)))]
  }
}

const PLAIN = { id: undefined, version: 1, routing: undefined, source: new Uint8Array(0) } as const
