import type { JsonObject } from '../../core/json.ts'

/**
 * A dashboard, in the shape of Kibana's dashboards API (`/api/dashboards`, Elastic 9.4 and later): a 48-column grid of
 * panels, each with its own data source. What a panel type does not know is kept and written back unchanged.
 */
export interface Dashboard {
  readonly title: string
  readonly description?: string
  readonly tags?: readonly string[]
  /** The range it opens with; without one it keeps the page's. */
  readonly time_range?: { readonly from: string; readonly to: string }
  /** `value` in milliseconds. */
  readonly refresh_interval?: { readonly pause: boolean; readonly value: number }
  readonly query?: QueryExpression
  readonly filters?: readonly JsonObject[]
  readonly options?: { readonly sync_cursor?: boolean; readonly hide_panel_titles?: boolean; readonly use_margins?: boolean }
  readonly panels: readonly (DashboardPanel | DashboardSection)[]
}

/** Rows are 20 px high, columns a 48th of the width. */
export interface Grid {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface DashboardPanel {
  readonly id: string
  /** `vis`, whose `config.type` names the chart, or `markdown`. */
  readonly type: string
  readonly grid: Grid
  readonly config: JsonObject
}

/** Panels under a heading that folds away; their grids count from the section's first row. */
export interface DashboardSection {
  readonly id: string
  readonly title: string
  readonly collapsed?: boolean
  readonly grid: { readonly y: number }
  readonly panels: readonly DashboardPanel[]
}

export interface QueryExpression {
  readonly language: 'kql' | 'lucene'
  readonly expression: string
}

export function isSection(entry: DashboardPanel | DashboardSection): entry is DashboardSection {
  return 'panels' in entry
}
