import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Dashboard, DashboardPanel } from '../../../../src/ui-api/wire/dashboard.ts'
import { isSection } from '../../../../src/ui-api/wire/dashboard.ts'
import { dataViewQuery } from '../../app/saved.ts'
import { savedView } from '../../bar/use-scope.ts'
import type { PageScope, ResolvedView } from '../../bar/use-scope.ts'
import { scopeQuery } from '../../query/search-body.ts'
import type { DataSource, SourceContext } from '../../panels/panel-type.ts'

/** Every panel of a dashboard, those in sections too. */
export function allPanels({ panels }: Dashboard): readonly DashboardPanel[] {
  return panels.flatMap((entry) => (isSection(entry) ? entry.panels : [entry]))
}

export interface Sources {
  /** `undefined` until every data view that the dashboard names is there. */
  readonly views: ReadonlyMap<string, ResolvedView> | undefined
  readonly error: Error | null
  /** Everything that is looked at, for following changes: patterns, comma between. */
  readonly indices: string
}

/** The data views that a dashboard's panels refer to. */
export function useSources(dashboard: Dashboard): Sources {
  const ids = useMemo(() => [...new Set(allPanels(dashboard).flatMap(referencedViews))], [dashboard])
  const patterns = useMemo(() => allPanels(dashboard).flatMap(namedPatterns), [dashboard])
  const answers = useQueries({ queries: ids.map((id) => dataViewQuery(id)) })
  const error = answers.find((answer) => answer.error !== null)?.error ?? null
  const loaded = answers.every(({ data }) => data !== undefined)
  const stamp = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ')
  return useMemo(() => {
    const views = loaded
      ? new Map(
          answers.flatMap(({ data }) => (data === undefined ? [] : [[data.id, savedView(data.id, data.attributes)] as const])),
        )
      : undefined
    const indices = [...new Set([...patterns, ...[...(views?.values() ?? [])].map(({ index }) => index)])].join(',')
    return { views, error, indices }
    // `stamp` stands for the answers.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [stamp, loaded, error, patterns])
}

/** Data views may stand at the top of a config, or in each of its layers. */
function sourcesOf({ config }: DashboardPanel): unknown[] {
  const layers = Array.isArray(config['layers']) ? (config['layers'] as readonly unknown[]) : []
  return [config, ...layers].flatMap((holder) =>
    typeof holder === 'object' && holder !== null && 'data_source' in holder ? [holder.data_source] : [],
  )
}

const referencedViews = (panel: DashboardPanel): string[] =>
  sourcesOf(panel).flatMap((source) =>
    typeof source === 'object' && source !== null && 'ref_id' in source && typeof source.ref_id === 'string'
      ? [source.ref_id]
      : [],
  )

const namedPatterns = (panel: DashboardPanel): string[] =>
  sourcesOf(panel).flatMap((source) =>
    typeof source === 'object' && source !== null && 'index_pattern' in source && typeof source.index_pattern === 'string'
      ? [source.index_pattern]
      : [],
  )

export function viewOf(source: DataSource, views: ReadonlyMap<string, ResolvedView>): ResolvedView {
  if (source.type === 'data_view_spec')
    return {
      id: source.index_pattern,
      title: source.index_pattern,
      index: source.index_pattern,
      timeField: source.time_field,
      timeless: false,
      columns: [],
      formats: {},
    }
  const view = views.get(source.ref_id)
  if (view === undefined) throw new Error(`there is no data view ${source.ref_id}`)
  return view
}

/** What a panel's searches are made in: its documents, narrowed by the page's query and filters. */
export function sourceContext(
  source: DataSource,
  views: ReadonlyMap<string, ResolvedView>,
  { query, language, filters }: PageScope,
): SourceContext {
  const { index, timeField } = viewOf(source, views)
  return {
    index,
    timeField,
    query(interval, ...clauses) {
      const scope = scopeQuery({ interval, timeField, queries: [{ language, expression: query }], filters })
      return clauses.length === 0 ? scope : { bool: { filter: [scope, ...clauses] } }
    },
  }
}
