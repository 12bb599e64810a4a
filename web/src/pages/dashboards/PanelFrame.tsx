import { Ellipsis, Info, TriangleAlert } from 'lucide-react'
import { Suspense, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { DashboardPanel, QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import { isJsonObject } from '../../../../src/core/json.ts'
import type { Address } from '../../app/address.ts'
import { changeAddress, hrefOf } from '../../app/place.ts'
import type { PageScope, ResolvedView } from '../../bar/use-scope.ts'
import { Boundary } from '../../components/Boundary.tsx'
import { inChunk } from '../../components/in-chunk.tsx'
import { Menu } from '../../components/Menu.tsx'
import { Empty, Failure } from '../../components/Notice.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { StaleNote } from '../../components/StaleNote.tsx'
import { Tooltip } from '../../components/Tooltip.tsx'
import { useSize } from '../../hooks/use-size.ts'
import { messages } from '../../messages/messages.ts'
import { mainFrame } from '../../panels/frame.ts'
import { panelTypeName, preparePanel } from '../../panels/index.tsx'
import type { PreparedPanel } from '../../panels/index.tsx'
import type { DataSource, PanelContext } from '../../panels/panel-type.ts'
import { PanelConfigError } from '../../panels/panel-type.ts'
import { filterOn } from '../../query/filter.ts'
import { absoluteRange } from '../../time/time-range.ts'
import type { Interval } from '../../time/time-range.ts'
import styles from './PanelFrame.module.css'
import { usePanelData } from './use-panel-data.ts'
import { sourceContext } from './use-sources.ts'
import { useVisible } from './use-visible.ts'

const text = messages.dashboards
const PanelMenu = inChunk(async () => (await import('./PanelMenu.tsx')).PanelMenu)
const FrameTable = inChunk(async () => (await import('../../panels/FrameTable.tsx')).FrameTable)

export interface PanelFrameProps {
  readonly panel: DashboardPanel
  readonly scope: PageScope
  readonly views: ReadonlyMap<string, ResolvedView>
  /** Charts of one dashboard move their crosshairs together. */
  readonly group: string
  readonly fullPage: boolean
}

/** A panel with what belongs to every panel: its title and menu, and its loading, empty, partial and error states. */
export const PanelFrame = memo(function PanelFrame(props: PanelFrameProps) {
  const { panel } = props
  const prepared = useMemo(() => prepare(panel), [panel])
  if (prepared instanceof Error) return <Unusable title={panelTitle(panel)} message={text.badPanel} detail={prepared.message} />
  if (prepared === undefined)
    return <Unusable title={panelTitle(panel)} message={text.unknownPanel(panelTypeName(panel))} detail={undefined} />
  return <LoadedPanel {...props} prepared={prepared} />
})

function prepare(panel: DashboardPanel): PreparedPanel | PanelConfigError | undefined {
  try {
    return preparePanel(panel)
  } catch (error) {
    if (error instanceof PanelConfigError) return error
    throw error
  }
}

const panelTitle = ({ config }: DashboardPanel): string => (typeof config['title'] === 'string' ? config['title'] : '')

function Unusable({ title, message, detail }: { title: string; message: string; detail: string | undefined }) {
  return (
    <section className={styles['panel']} aria-label={title}>
      {title === '' ? null : <h2 className={styles['title']}>{title}</h2>}
      <div className={styles['unusable']}>
        <TriangleAlert size={18} />
        <p>{message}</p>
        {detail === undefined ? null : <code>{detail}</code>}
      </div>
    </section>
  )
}

function LoadedPanel({ panel, prepared, scope, views, group, fullPage }: PanelFrameProps & { prepared: PreparedPanel }) {
  const { ref: visibleRef, visible } = useVisible()
  const { ref: sizeRef, size } = useSize()
  const [asTable, setAsTable] = useState(false)
  useEffect(() => {
    if (visible) prepared.preload()
  }, [visible, prepared])
  // A step of width changes how many points are asked for: not at every pixel.
  const width = size === undefined ? undefined : Math.ceil(size.width / 120) * 120
  const { interval, zone, query, language, filters, range } = scope
  const context = useMemo<PanelContext | undefined>(
    () =>
      width === undefined
        ? undefined
        : { interval, zone, width, source: (source: DataSource) => sourceContext(source, views, scope) },
    // The scope's other members do not matter to a panel.
    // oxlint-disable-next-line react/exhaustive-deps
    [width, interval, zone, views, query, language, filters],
  )
  const scopeKey = useMemo(() => JSON.stringify([range, query, language, filters, zone]), [range, query, language, filters, zone])
  const { data, stale, error, isFetching, isPlaceholderData, refetch } = usePanelData(
    panel.id,
    prepared,
    context,
    scopeKey,
    visible && scope.problem === undefined,
  )

  // What a person changed shows that it is being worked on; time that moves on does not, or every panel would flicker.
  const settled = useRef<string>(undefined)
  if (data !== undefined && !isPlaceholderData) settled.current = scopeKey
  const busy = isFetching && settled.current !== scopeKey

  const onZoom = useCallback((zoomed: Interval) => changeAddress({ range: absoluteRange(zoomed), live: false }), [])
  const explore = useCallback(
    (extra?: Address['filters']) => hrefOf('/discover', discoverAddress(panel, scope, extra)),
    [panel, scope],
  )
  const documentsOf = useCallback(
    (field: string, value: string) => explore([...filters, filterOn(field, { kind: 'is', value })]),
    [explore, filters],
  )
  const title = prepared.title ?? ''
  const label = title === '' ? accessibleName(panel) : title
  const description = panel.config['description']
  const frame = data === undefined ? undefined : mainFrame(data)
  const hasData = prepared.type !== 'markdown'
  const canTable = hasData && prepared.type !== 'data_table'
  const showsTable = asTable && frame !== undefined && canTable
  const empty = frame !== undefined && frame.length === 0 && hasData

  return (
    <section
      ref={visibleRef}
      className={styles['panel']}
      aria-label={label}
      data-kind={prepared.type}
      data-panel={panel.id}
      data-stale={stale !== undefined}
      onKeyDown={(event) => {
        const typing = event.target instanceof HTMLInputElement
        if (event.key === 't' && canTable && !typing && !event.ctrlKey && !event.metaKey) setAsTable(!asTable)
      }}
    >
      <ProgressLine active={busy} />
      {title === '' ? null : (
        <h2 className={styles['title']}>
          <span>{title}</span>
          {typeof description === 'string' && description !== '' ? (
            <Tooltip text={description}>
              <span tabIndex={0} role="note" aria-label={description} className={styles['info']}>
                <Info size={13} />
              </span>
            </Tooltip>
          ) : null}
        </h2>
      )}
      {hasData ? (
        <div className={styles['menu']}>
          {data?.partial === true ? (
            <Tooltip text={messages.partial}>
              <span tabIndex={0} role="status" aria-label={messages.partial} className={styles['partial']}>
                <TriangleAlert size={14} />
              </span>
            </Tooltip>
          ) : null}
          <Menu
            align="end"
            trigger={
              <button type="button" className={styles['menuButton']} aria-label={text.panelMenu(label)}>
                <Ellipsis size={16} />
              </button>
            }
          >
            <PanelMenu
              label={label}
              panelId={panel.id}
              frame={frame}
              discover={explore()}
              fullPage={fullPage}
              shows={canTable ? (showsTable ? 'table' : 'chart') : undefined}
              onToggleTable={() => setAsTable(!asTable)}
            />
          </Menu>
        </div>
      ) : null}
      <div ref={sizeRef} className={styles['content']}>
        <Boundary broken={(problem, retry) => <Failure small error={problem} onRetry={retry} />}>
          {error !== undefined && data === undefined ? <Failure small error={error} onRetry={() => void refetch()} /> : null}
          {data === undefined && error === undefined ? <Skeleton lines={prepared.type === 'metric' ? 2 : 5} /> : null}
          {empty ? <Empty small title={text.noData} /> : null}
          <Suspense fallback={<Skeleton />}>
            {showsTable ? <FrameTable label={label} frame={frame} zone={scope.zone} /> : null}
            {data !== undefined && !showsTable && !empty
              ? prepared.draw({ data, interval, title: label, group, onZoom, documentsOf })
              : null}
          </Suspense>
        </Boundary>
      </div>
      {stale === undefined ? null : <StaleNote stale={stale} zone={scope.zone} onRetry={() => void refetch()} />}
    </section>
  )
}

/** A metric has its name in its figure. */
function accessibleName({ config, id }: DashboardPanel): string {
  const metrics = Array.isArray(config['metrics']) ? (config['metrics'] as readonly unknown[]) : []
  const [first] = metrics
  return typeof first === 'object' && first !== null && 'label' in first && typeof first.label === 'string' ? first.label : id
}

/** Discover with a panel's documents: its data view, its query beside the page's. */
function discoverAddress(
  panel: DashboardPanel,
  { query, language, range, filters }: PageScope,
  extra: Address['filters'],
): Address {
  const { config } = panel
  const layer = Array.isArray(config['layers']) && isJsonObject(config['layers'][0]) ? config['layers'][0] : config
  const source = isJsonObject(layer['data_source']) ? layer['data_source'] : {}
  const view =
    typeof source['ref_id'] === 'string'
      ? source['ref_id']
      : typeof source['index_pattern'] === 'string'
        ? source['index_pattern']
        : undefined
  const own = isJsonObject(layer['query'] ?? config['query'])
    ? ((layer['query'] ?? config['query']) as unknown as QueryExpression)
    : undefined
  const both = [query, own?.expression ?? ''].filter((expression) => expression.trim() !== '')
  const joined = both.length === 2 ? `(${both[0] ?? ''}) ${language === 'kql' ? 'and' : 'AND'} (${both[1] ?? ''})` : both[0]
  return {
    range,
    filters: extra ?? filters,
    ...(view === undefined ? {} : { view }),
    ...(joined === undefined ? {} : { query: joined }),
  }
}
