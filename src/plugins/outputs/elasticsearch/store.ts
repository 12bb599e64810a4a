import type { BulkOperation, BulkOutcome } from '../../../core/bulk.ts'
import type { StoreSetup } from '../../store-setup.ts'

/** Where documents go: the store of this program, or a cluster. */
export interface Store {
  /** What logs call it. */
  readonly name: string
  /** Gets ready: logs in, finds a host. Rejects when that cannot be now. */
  connect(): Promise<void>
  /**
   * Makes what is missing. Answers why something was refused for good: documents are written all the same. Rejects when it
   * cannot be known now.
   */
  setUp(setup: StoreSetup): Promise<readonly string[]>
  /** One outcome per operation, in order. Rejects when nothing is known about any of them: then all are tried again. */
  write(operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[]>
  close(): Promise<void>
}
