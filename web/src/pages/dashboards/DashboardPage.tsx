import { useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight, Minimize2 } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import type { Dashboard, DashboardPanel } from '../../../../src/ui-api/wire/dashboard.ts'
import { carried } from '../../app/address.ts'
import { Link } from '../../app/Link.tsx'
import { refresh } from '../../app/moment.ts'
import { changeAddress, hrefOf, useAddress } from '../../app/place.ts'
import { dashboardQuery } from '../../app/saved.ts'
import { useFirstView } from '../../app/use-first-view.ts'
import { useTitle } from '../../app/use-title.ts'
import { DataBar } from '../../bar/DataBar.tsx'
import { useScope } from '../../bar/use-scope.ts'
import { Button } from '../../components/Button.tsx'
import { Empty, Failure } from '../../components/Notice.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { ApiError } from '../../data/http.ts'
import { useLiveMoment } from '../../hooks/use-live-moment.ts'
import { messages } from '../../messages/messages.ts'
import { DashboardGrid } from './DashboardGrid.tsx'
import styles from './DashboardPage.module.css'
import { PanelFrame } from './PanelFrame.tsx'
import { useChanges } from './use-changes.ts'
import { allPanels, useSources } from './use-sources.ts'

const text = messages.dashboards

export function DashboardPage({ id }: { id: string }) {
  const { data, error } = useQuery(dashboardQuery(id))
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Empty title={text.missing}>
        <p>{text.missingHint}</p>
        <Link to="/dashboards">{text.all}</Link>
      </Empty>
    )
  }
  if (error !== null) return <Failure error={error} onRetry={refresh} />
  if (data === undefined) return <Skeleton lines={8} />
  return <OpenDashboard key={id} id={id} dashboard={data.attributes} />
}

function OpenDashboard({ id, dashboard }: { id: string; dashboard: Dashboard }) {
  useTitle(dashboard.title)
  const address = useAddress()
  const { time_range: range, refresh_interval: interval } = dashboard
  const scope = useScope({ range, live: interval !== undefined && !interval.pause })
  const { views, error, indices } = useSources(dashboard)
  const { changes, state } = useChanges(indices, scope.live)
  const busy = useIsFetching({ queryKey: ['panel'] }) > 0
  const queries = useQueryClient()
  const answered = !busy && queries.getQueriesData({ queryKey: ['panel'] }).some(([, data]) => data !== undefined)
  useFirstView(answered || (views !== undefined && indices === ''))
  useLiveMoment(scope.live, changes, busy)
  const full = useMemo(() => allPanels(dashboard).find((panel) => panel.id === address.panel), [dashboard, address.panel])
  const { sync_cursor: syncCursor = true } = dashboard.options ?? {}

  // What a panel shows depends on these alone; a scope that is new for another reason must not draw all of them again.
  const draw = useCallback(
    (panel: DashboardPanel) =>
      views === undefined ? null : (
        <PanelFrame
          panel={panel}
          scope={scope}
          views={views}
          group={syncCursor ? id : `${id} ${panel.id}`}
          fullPage={panel.id === address.panel}
        />
      ),
    [views, scope, syncCursor, id, address.panel],
  )

  return (
    <div className={styles['page']} data-full={full !== undefined}>
      <header className={styles['header']}>
        <div className={styles['titles']}>
          <p className={styles['crumbs']}>
            <Link to={hrefOf('/dashboards', carried(address))}>{text.title}</Link>
            <ChevronRight size={13} aria-hidden />
          </p>
          <h1>{dashboard.title}</h1>
          {dashboard.description === undefined ? null : <p className={styles['description']}>{dashboard.description}</p>}
        </div>
        {full === undefined ? null : (
          <Button size="small" icon={<Minimize2 size={14} />} onClick={() => changeAddress({ panel: undefined })}>
            {text.leaveFullScreen}
          </Button>
        )}
      </header>
      <DataBar scope={scope} withView={false} loading={false} liveState={state} />
      <div className={styles['content']}>
        {error !== null ? <Failure error={error} onRetry={refresh} /> : null}
        {scope.problem === undefined ? null : <Failure error={new Error(scope.problem.message)} />}
        {full === undefined ? (
          <DashboardGrid dashboard={dashboard} draw={draw} />
        ) : (
          <div className={styles['full']}>{draw(full)}</div>
        )}
      </div>
    </div>
  )
}
