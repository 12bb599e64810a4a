import { Download, PanelLeftOpen } from 'lucide-react'
import { Suspense, useCallback, useMemo, useState } from 'react'
import type { Sort } from '../../app/address.ts'
import { refresh } from '../../app/moment.ts'
import { prefer, usePreferences } from '../../app/preferences.ts'
import { changeAddress, useAddress } from '../../app/place.ts'
import { useFirstView } from '../../app/use-first-view.ts'
import { useTitle } from '../../app/use-title.ts'
import { DataBar } from '../../bar/DataBar.tsx'
import { useScope, useTimed } from '../../bar/use-scope.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { inChunk } from '../../components/in-chunk.tsx'
import { Empty, Failure, Partial } from '../../components/Notice.tsx'
import { reasonOf } from '../../components/reason-of.ts'
import { ProgressLine } from '../../components/ProgressLine.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { StaleNote } from '../../components/StaleNote.tsx'
import { toast } from '../../components/toasts.ts'
import { formatCount } from '../../format/number.ts'
import { fieldKind, useFields } from '../../hooks/use-fields.ts'
import { useLiveMoment } from '../../hooks/use-live-moment.ts'
import { useSize } from '../../hooks/use-size.ts'
import { messages } from '../../messages/messages.ts'
import { filterOn, sameFilter } from '../../query/filter.ts'
import type { FilterCondition } from '../../query/filter.ts'
import { absoluteRange } from '../../time/time-range.ts'
import type { Interval } from '../../time/time-range.ts'
import type { CellContext } from './cells.tsx'
import styles from './DiscoverPage.module.css'
import { MAX_ROWS } from './document-feed.ts'
import { DocumentTable } from './DocumentTable.tsx'
import { FacetList } from './FacetList.tsx'
import { Histogram } from './Histogram.tsx'
import { findLevelField } from './level.ts'
import type { Row } from './row.ts'
import { AS_STORED } from './sort-clauses.ts'
import { SavedSearches } from './SavedSearches.tsx'
import { useDocument } from './use-document.ts'
import { useDocuments } from './use-documents.ts'
import { useHistogram } from './use-histogram.ts'

const text = messages.discover
const DocumentDetail = inChunk(async () => (await import('./DocumentDetail.tsx')).DocumentDetail)
const NO_COLUMNS: readonly string[] = []

/** The documents themselves: what there is, when, and one by one. */
export function DiscoverPage() {
  useTitle(text.title)
  const pageScope = useScope()
  const fields = useFields(pageScope.view?.index)
  const scope = useTimed(pageScope, fields)
  const address = useAddress()
  const { view, zone, filters, live } = scope
  const facetsHidden = usePreferences((preferences) => preferences.facetsHidden)
  const [facetsOnPhone, setFacetsOnPhone] = useState(false)
  const timeField = view?.timeField ?? '@timestamp'
  const columns = address.columns ?? view?.columns ?? NO_COLUMNS
  const timeless = view?.timeless === true
  const sort = useMemo<Sort>(
    () => address.sort ?? (timeless ? AS_STORED : { field: timeField, order: 'desc' }),
    [address.sort, timeField, timeless],
  )
  const { state, loadMore } = useDocuments(scope, sort)
  const levelField = findLevelField(fields)
  const { ref: sizeRef, size } = useSize()
  const histogram = useHistogram(scope, levelField, size?.width)
  useLiveMoment(live && !state.loading, state.arrived, histogram.loading)
  useFirstView(state.answeredAt !== undefined && (timeless || histogram.data !== undefined))
  const opened = useDocument(address.document, state.rows, timeField)

  const cells = useMemo<CellContext>(
    () => ({
      zone,
      timeField,
      timeless,
      levelField,
      formats: view?.formats ?? {},
      kindOf: (field) => {
        const type = fields.find(field)?.type
        return type === undefined ? undefined : fieldKind(type)
      },
    }),
    [zone, timeField, timeless, levelField, view, fields],
  )
  const setColumns = useCallback((next: readonly string[]) => changeAddress({ columns: next }, 'replace'), [])
  const toggleColumn = useCallback(
    (field: string) => setColumns(columns.includes(field) ? columns.filter((name) => name !== field) : [...columns, field]),
    [columns, setColumns],
  )
  const addFilter = useCallback(
    (field: string, condition: FilterCondition, negated: boolean) => {
      const filter = filterOn(field, condition, negated)
      if (!filters.some((other) => sameFilter(other, filter))) changeAddress({ filters: [...filters, filter] })
    },
    [filters],
  )
  const zoom = useCallback((interval: Interval) => changeAddress({ range: absoluteRange(interval), live: undefined }), [])
  const select = useCallback((row: Row | undefined) => changeAddress({ document: row?.key }, 'replace'), [])
  const step = (by: -1 | 1): void => {
    const at = state.rows.findIndex(({ key }) => key === address.document)
    const next = state.rows[at + by]
    if (next !== undefined) select(next)
  }
  const close = (): void => {
    const key = address.document
    select(undefined)
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-row="${state.rows.findIndex((row) => row.key === key)}"]`)?.focus(),
    )
  }
  const saveCsv = async (): Promise<void> => {
    try {
      const { downloadCsv } = await import('./download-csv.ts')
      await downloadCsv(scope, sort, columns.length > 0 ? columns : fields.list.map(({ name }) => name).slice(0, 200))
      toast(text.csvReady)
    } catch (error) {
      toast(reasonOf(error), 'failed')
    }
  }

  const loading = state.loading && scope.problem === undefined
  const waiting = state.loading && state.answeredAt === undefined
  const staleRows =
    state.error === undefined || state.answeredAt === undefined ? undefined : { since: state.answeredAt, error: state.error }
  const footer = state.loadingMore
    ? text.loadingMore
    : state.rows.length >= MAX_ROWS
      ? text.capped(MAX_ROWS)
      : state.hasMore || state.rows.length === 0
        ? ''
        : text.end(state.rows.length)

  return (
    <div className={styles['page']}>
      <h1 className="visually-hidden">{text.title}</h1>
      <DataBar scope={scope} withView loading={loading || (histogram.loading && !live)} liveState={state.tail} />
      <div className={styles['body']} data-facets={!facetsHidden} data-facets-on-phone={facetsOnPhone}>
        <div className={styles['facets']}>
          <FacetList
            scope={scope}
            fields={fields}
            ready={!state.loading}
            columns={columns}
            onToggleColumn={toggleColumn}
            onFilter={addFilter}
            onHide={() => {
              prefer({ facetsHidden: true })
              setFacetsOnPhone(false)
            }}
          />
        </div>
        <section className={styles['main']}>
          <ProgressLine active={loading} />
          <header className={styles['summary']}>
            <IconButton
              label={text.showFields}
              size="small"
              className={styles['showFacets']}
              onClick={() => {
                prefer({ facetsHidden: false })
                setFacetsOnPhone(true)
              }}
            >
              <PanelLeftOpen size={15} />
            </IconButton>
            <h2 className={styles['count']}>
              {state.total === undefined ? '\u00A0' : text.hits(state.total.value, state.total.relation === 'gte')}
            </h2>
            {histogram.data === undefined || timeless ? null : (
              <span className={styles['every']}>{text.every(histogram.data.bucket.text)}</span>
            )}
            {state.partial || histogram.data?.partial === true ? <Partial>{messages.partial}</Partial> : null}
            {state.skipped > 0 ? <Partial>{text.gap(state.skipped)}</Partial> : null}
            <span className={styles['actions']}>
              <IconButton label={text.csv} size="small" disabled={state.rows.length === 0} onClick={() => void saveCsv()}>
                <Download size={15} />
              </IconButton>
              <SavedSearches />
            </span>
          </header>
          <div className={styles['histogram']} ref={sizeRef}>
            {timeless ? <p className={styles['timeless']}>{text.timeless}</p> : null}
            {histogram.error === undefined ? null : <Failure small error={histogram.error} onRetry={histogram.retry} />}
            {histogram.data !== undefined && !timeless && size !== undefined && histogram.error === undefined ? (
              <Histogram data={histogram.data} width={size.width} zone={zone} onZoom={zoom} />
            ) : null}
          </div>
          {staleRows === undefined && histogram.stale !== undefined ? (
            <StaleNote stale={histogram.stale} zone={zone} onRetry={histogram.retry} />
          ) : null}
          <div className={styles['table']}>
            {scope.problem === undefined ? null : <Empty title={text.badQuery}>{scope.problem.message}</Empty>}
            {scope.problem === undefined && state.error !== undefined && state.answeredAt === undefined ? (
              <Failure error={state.error} onRetry={refresh} />
            ) : null}
            {staleRows === undefined ? null : <StaleNote stale={staleRows} zone={zone} onRetry={refresh} />}
            {scope.problem === undefined && waiting ? <Skeleton lines={12} /> : null}
            {scope.problem === undefined && state.error === undefined && !waiting && state.rows.length === 0 ? (
              fields.indices === 0 && !fields.loading ? (
                <Empty title={text.noData} command={text.noDataCommand}>
                  {text.noDataHint}
                </Empty>
              ) : (
                <Empty title={text.empty}>
                  <p>{text.emptyHint}</p>
                  <Button
                    size="small"
                    className={styles['widen']}
                    onClick={() => changeAddress({ range: { from: 'now-24h', to: 'now' } })}
                  >
                    {text.widen}
                  </Button>
                </Empty>
              )
            ) : null}
            {state.rows.length > 0 ? (
              <DocumentTable
                key={state.answeredAt}
                rows={state.rows}
                version={state.version}
                arrived={state.arrived}
                columns={columns}
                sort={sort}
                timeField={timeField}
                levelField={levelField}
                fields={fields}
                cells={cells}
                selected={address.document}
                footer={footer}
                onSelect={select}
                onSort={(next) =>
                  changeAddress({ sort: next.field === timeField && next.order === 'desc' ? undefined : next }, 'replace')
                }
                onColumns={setColumns}
                onFilter={addFilter}
                onNearEnd={loadMore}
              />
            ) : null}
          </div>
          <p role="status" className="visually-hidden">
            {state.loading ? messages.loading : text.rowsLabel(state.rows.length)} {formatCount(state.arrived)}
          </p>
        </section>
        {opened === undefined ? null : (
          <Suspense>
            <DocumentDetail
              key={address.document}
              scope={scope}
              fields={fields}
              row={opened}
              cells={cells}
              columns={columns}
              onToggleColumn={toggleColumn}
              onFilter={addFilter}
              onStep={step}
              onOpen={select}
              onClose={close}
            />
          </Suspense>
        )}
      </div>
    </div>
  )
}
