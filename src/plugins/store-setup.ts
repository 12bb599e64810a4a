import type { JsonObject } from '../core/json.ts'

/** What a store is to have before the documents of an output come. */
export interface StoreSetup {
  readonly template?: TemplateSetup | undefined
  readonly rollover?: RolloverSetup | undefined
}

export interface TemplateSetup {
  readonly kind: 'composable' | 'legacy'
  readonly name: string
  readonly body: JsonObject
  /** Replaces one of that name; otherwise it stays. */
  readonly overwrite: boolean
}

/** An alias behind which indices follow each other. */
export interface RolloverSetup {
  readonly alias: string
  /** Name of the first index, with date math in angle brackets. */
  readonly firstIndex: string
  /** Name of the lifecycle policy, and what it says where there is none of that name yet. */
  readonly policy: string
  readonly phases: JsonObject
}
