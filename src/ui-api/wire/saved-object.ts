import type { Dashboard } from './dashboard.ts'

/** What people keep: each kind's attributes. */
export interface SavedAttributes {
  readonly dashboard: Dashboard
  readonly data_view: DataView
  readonly search: SavedSearch
}

export type SavedKind = keyof SavedAttributes

export const SAVED_KINDS: readonly SavedKind[] = ['dashboard', 'data_view', 'search']

export interface SavedObject<Kind extends SavedKind = SavedKind> {
  readonly kind: Kind
  readonly id: string
  /** Counts up with every change: a change names the version it is based on, and is refused when that is not the newest. */
  readonly version: number
  readonly updatedAt: number
  readonly updatedBy: string
  readonly attributes: SavedAttributes[Kind]
}

/** An entry of a list: everything but the body. */
export interface SavedObjectHead {
  readonly kind: SavedKind
  readonly id: string
  readonly version: number
  readonly updatedAt: number
  readonly updatedBy: string
  readonly title: string
  readonly description?: string
  readonly tags?: readonly string[]
}

/** A name for indices that are looked at together, and which of their fields is the time. */
export interface DataView {
  readonly title: string
  /** Index names and patterns, comma between: `iot-data-*`. */
  readonly index_pattern: string
  readonly time_field: string
  readonly description?: string
  /** How values of a field are shown, by field. */
  readonly field_settings?: Readonly<Record<string, { readonly format?: ValueFormat; readonly custom_label?: string }>>
  /** Columns that Discover begins with. */
  readonly default_columns?: readonly string[]
}

/** Discover, as it was left. */
export interface SavedSearch {
  readonly title: string
  readonly description?: string
  /** The search part of Discover's address. */
  readonly address: string
}

/** How a number is shown; the same members as in Kibana's dashboards API. `suffix` follows the value. */
export type ValueFormat =
  | { readonly type: 'number'; readonly decimals?: number; readonly compact?: boolean; readonly suffix?: string }
  | { readonly type: 'bytes'; readonly decimals?: number; readonly suffix?: string }
  /** Of a fraction: 0.425 is 42.5 %. */
  | { readonly type: 'percent'; readonly decimals?: number; readonly suffix?: string }
  | { readonly type: 'duration'; readonly from: 'ms' | 's' | 'min' | 'h'; readonly decimals?: number; readonly suffix?: string }
