export type CalendarUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** How instants fall into the buckets of a date histogram. `offsetMs` moves every bucket's start. */
export type DateRounding =
  | { readonly kind: 'fixed'; readonly intervalMs: number; readonly zone: string; readonly offsetMs: number }
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly zone: string; readonly offsetMs: number }
