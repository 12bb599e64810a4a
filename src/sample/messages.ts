import type { EpochMillis } from '../core/time.ts'

/** What the main process tells the sample factory's process. */
export type ToSample =
  | {
      readonly kind: 'run'
      readonly host: string
      readonly port: number
      readonly seed: number
      readonly intervalMs: number
      /** Start of the history to make up first; `undefined` for none. */
      readonly backfillFrom: EpochMillis | undefined
      /** Secret of each gateway, by its name, which is its user name. */
      readonly secrets: Readonly<Record<string, string>>
    }
  | { readonly kind: 'fault'; readonly request: number; readonly text: string; readonly on: boolean }
  | { readonly kind: 'list'; readonly request: number }

/** What it answers and tells. */
export type FromSample =
  | { readonly kind: 'progress'; readonly sent: number; readonly total: number }
  | { readonly kind: 'backfilled'; readonly readings: number; readonly durationMs: number }
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'answer'; readonly request: number; readonly faults: readonly string[]; readonly error: string | undefined }
