import type { BulkOperation, BulkOutcome } from '../core/bulk.ts'
import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import type { Engine } from '../engine/engine.ts'
import type { IngestPipelines } from '../ingest/ingest-pipelines.ts'
import type { Scripts } from '../script/scripts.ts'
import type { Catalog } from './catalog.ts'
import type { EnrichPolicies } from './enrich/enrich-policies.ts'
import type { Readers } from './search/open-readers.ts'

/** What the operations on indices and documents work with: made once in `main.ts` or a test. */
export interface IndexContext {
  readonly catalog: Catalog
  readonly engine: Engine
  readonly clock: Clock
  readonly scripts: Scripts
  readonly ingest: IngestPipelines
  /** What documents are enriched with. */
  readonly enrich: EnrichPolicies
  /** 22 characters of URL-safe Base64: 128 random bits. */
  readonly newUuid: () => string
  readonly log: Log
  /** Scrolls and points in time that are open. */
  readonly readers: Readers
  /** Told of what was written, once it is durable: one outcome per operation. Must return at once and must not throw. */
  readonly onWritten?: (operations: readonly BulkOperation[], outcomes: readonly BulkOutcome[]) => void
}
