import type { JsonObject } from '../../../src/core/json.ts'
import type { EpochMillis } from '../../../src/core/time.ts'
import type { ChunkComponent } from '../components/in-chunk.tsx'
import type { SearchAnswer } from '../data/search-answer.ts'
import type { Interval } from '../time/time-range.ts'
import type { PanelData } from './frame.ts'

/**
 * A kind of panel: how its options are read, what it asks for, what the answers mean and how they are drawn. One folder in
 * `panels/`, one entry in `panels/index.tsx`.
 */
export interface PanelType<Options> {
  /** `config.type` of a `vis` panel, or the panel's own `type`. */
  readonly type: string
  /** @throws PanelConfigError naming the member that is wrong */
  readonly parse: (config: JsonObject) => Options
  readonly title: (options: Options) => string | undefined
  /** The searches whose answers `read` gets, in their order; none for a panel without data. `since`: of the newest stretch alone. */
  readonly searches: (options: Options, context: PanelContext, since?: EpochMillis) => readonly PanelSearch[]
  readonly read: (options: Options, answers: readonly SearchAnswer[], context: PanelContext) => PanelData
  /** For panels over time: how an answer for the newest stretch alone goes together with what is there. */
  readonly tail?: PanelTail<Options>
  readonly View: ChunkComponent<PanelViewProps<Options>>
}

export interface PanelTail<Options> {
  /** Where the newest stretch begins; `undefined` when everything has to be asked for again. */
  readonly since: (options: Options, before: PanelData, context: PanelContext) => EpochMillis | undefined
  readonly merge: (options: Options, before: PanelData, fresh: PanelData, since: EpochMillis, context: PanelContext) => PanelData
}

export interface PanelSearch {
  readonly index: string
  readonly body: JsonObject
}

/** What a panel is asked in. */
export interface PanelContext {
  readonly interval: Interval
  readonly zone: string
  /** Width in pixels: how many points make sense. */
  readonly width: number
  readonly source: (options: DataSource) => SourceContext
  /** With a tail: series that are there already, so that the same ones come again. */
  readonly series?: readonly string[]
}

export interface SourceContext {
  readonly index: string
  readonly timeField: string
  /** The page's query and filters, and the panel's own, over an interval. */
  readonly query: (interval: Interval, ...clauses: readonly JsonObject[]) => JsonObject
}

/** Where a panel's documents come from; as in Kibana's dashboards API. */
export type DataSource =
  | { readonly type: 'data_view_reference'; readonly ref_id: string }
  | { readonly type: 'data_view_spec'; readonly index_pattern: string; readonly time_field: string }

export interface PanelViewProps<Options> {
  readonly options: Options
  readonly data: PanelData
  readonly interval: Interval
  readonly title: string
  /** Charts of the same group move their crosshairs together. */
  readonly group: string
  readonly onZoom: (interval: Interval) => void
  /** Address of Discover with the panel's documents narrowed to one value of a field. */
  readonly documentsOf: (field: string, value: string) => string
}

/** A panel's settings are not what its type takes. */
export class PanelConfigError extends Error {}
