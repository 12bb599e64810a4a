import { useNavigate } from '@tanstack/react-router'
import {
  ChartLine,
  Compass,
  Download,
  Ellipsis,
  Info,
  Link as LinkIcon,
  Maximize2,
  Minimize2,
  Table,
  TriangleAlert,
} from 'lucide-react'
import { Component, Suspense, memo, useCallback, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import type { DashboardPanel, QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import { isJsonObject } from '../../../../src/core/json.ts'
import { printAddress } from '../../app/address.ts'
import type { Address } from '../../app/address.ts'
import { refresh } from '../../app/moment.ts'
import { useChangeAddress } from '../../app/use-address.ts'
import type { PageScope, ResolvedView } from '../../bar/use-scope.ts'
import { copyText } from '../../components/copy-text.ts'
import { Menu, MenuItem, MenuLine } from '../../components/Menu.tsx'
import { Empty, Failure, reasonOf } from '../../components/Notice.tsx'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { saveBlob } from '../../components/save-blob.ts'
import { Skeleton } from '../../components/Skeleton.tsx'
import { toast } from '../../components/toasts.ts'
import { Tooltip } from '../../components/Tooltip.tsx'
import { useSize } from '../../hooks/use-size.ts'
import { messages } from '../../messages/messages.ts'
import { frameCsv } from '../../panels/frame-csv.ts'
import { mainFrame } from '../../panels/frame.ts'
import { FrameTable } from '../../panels/FrameTable.tsx'
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
  const change = useChangeAddress()
  const navigate = useNavigate()
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
  const { data, error, isFetching, isPlaceholderData } = usePanelData(
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

  const onZoom = useCallback((zoomed: Interval) => change({ range: absoluteRange(zoomed), live: false }), [change])
  const explore = useCallback(
    (extra?: Address['filters']) => `/discover${printAddress(discoverAddress(panel, scope, extra))}`,
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
            <MenuItem icon={<Compass size={14} />} onSelect={() => void navigate({ href: explore() })}>
              {text.explore}
            </MenuItem>
            {canTable ? (
              <MenuItem
                icon={showsTable ? <ChartLine size={14} /> : <Table size={14} />}
                shortcut="t"
                onSelect={() => setAsTable(!asTable)}
              >
                {showsTable ? text.showChart : text.showTable}
              </MenuItem>
            ) : null}
            <MenuItem
              icon={fullPage ? <Minimize2 size={14} /> : <Maximize2 size={14} />}
              onSelect={() => change({ panel: fullPage ? undefined : panel.id })}
            >
              {fullPage ? text.leaveFullScreen : text.fullScreen}
            </MenuItem>
            <MenuLine />
            <MenuItem
              icon={<Download size={14} />}
              disabled={frame === undefined}
              onSelect={() => frame !== undefined && saveBlob(new Blob([frameCsv(frame)], { type: 'text/csv' }), `${label}.csv`)}
            >
              {text.csv}
            </MenuItem>
            <MenuItem
              icon={<LinkIcon size={14} />}
              onSelect={() => void copyText(panelLink(panel.id)).then(() => toast(messages.linkCopied))}
            >
              {text.copyPanelLink}
            </MenuItem>
          </Menu>
        </div>
      ) : null}
      <div ref={sizeRef} className={styles['content']}>
        <PanelBoundary key={panel.id}>
          {error !== null && data === undefined ? <Failure small error={error} onRetry={refresh} /> : null}
          {data === undefined && error === null ? <Skeleton lines={prepared.type === 'metric' ? 2 : 5} /> : null}
          {empty ? <Empty small title={text.noData} /> : null}
          {showsTable ? <FrameTable label={label} frame={frame} zone={scope.zone} /> : null}
          {data !== undefined && !showsTable && !empty ? (
            <Suspense fallback={<Skeleton />}>
              {prepared.draw({ data, interval, title: label, group, onZoom, documentsOf })}
            </Suspense>
          ) : null}
        </PanelBoundary>
      </div>
    </section>
  )
}

function panelLink(id: string): string {
  const url = new URL(window.location.href)
  url.searchParams.set('panel', id)
  return url.href
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

/** One panel that breaks leaves the others alone. */
class PanelBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children
    return <Failure small error={new Error(reasonOf(this.state.error))} onRetry={() => this.setState({ error: undefined })} />
  }
}
