import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import type { Engine } from '../engine/engine.ts'
import type { Catalog } from './catalog.ts'

/** What the operations on indices and documents work with: made once in `main.ts` or a test. */
export interface IndexContext {
  readonly catalog: Catalog
  readonly engine: Engine
  readonly clock: Clock
  /** 22 characters of URL-safe Base64: 128 random bits. */
  readonly newUuid: () => string
  readonly log: Log
}
