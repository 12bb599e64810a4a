import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Failure } from '../components/Notice.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { LoadingPage, NotFoundPage } from './edge-pages.tsx'
import { dashboardPath, goTo, hrefOf } from './place.ts'
import { objectsQuery } from './saved.ts'

const DiscoverPage = inChunk(async () => (await import('../pages/discover/DiscoverPage.tsx')).DiscoverPage)
const DashboardListPage = inChunk(async () => (await import('../pages/dashboards/DashboardListPage.tsx')).DashboardListPage)
const DashboardPage = inChunk(async () => (await import('../pages/dashboards/DashboardPage.tsx')).DashboardPage)

/** Every page of those who are signed in. The first route whose path matches is drawn. */
const routes: readonly {
  readonly path: RegExp
  /** `parts`: what the groups of `path` matched, decoded. */
  readonly page: (parts: readonly string[]) => React.JSX.Element
  readonly preload?: () => Promise<unknown>
}[] = [
  { path: /^\/$/, page: () => <HomePage /> },
  { path: /^\/discover\/?$/, page: () => <DiscoverPage />, preload: DiscoverPage.preload },
  { path: /^\/dashboards\/?$/, page: () => <DashboardListPage />, preload: DashboardListPage.preload },
  { path: /^\/dashboards\/([^/]+)$/, page: ([id = '']) => <DashboardPage id={id} />, preload: DashboardPage.preload },
]

/** The page at a path. */
export function pageAt(path: string): React.JSX.Element {
  for (const { path: pattern, page } of routes) {
    const match = pattern.exec(path)
    if (match !== null) return page(match.slice(1).map(decode))
  }
  return <NotFoundPage />
}

/** Begins to fetch the page at a path, while it is still being found out who asks. */
export function preloadPage(path: string): void {
  void routes
    .find(({ path: pattern }) => pattern.test(path))
    ?.preload?.()
    .catch(() => undefined) // told where it is drawn
}

/** What a new user should see first: the ready-made dashboard, where there is one. */
const FIRST_DASHBOARD = 'smart-factory'

function HomePage() {
  const { data, error, refetch } = useQuery(objectsQuery('dashboard'))
  useEffect(() => {
    if (data === undefined) return
    goTo(data.some(({ id }) => id === FIRST_DASHBOARD) ? dashboardPath(FIRST_DASHBOARD) : hrefOf('/discover'), 'replace')
  }, [data])
  return error === null ? <LoadingPage /> : <Failure error={error} onRetry={() => void refetch()} />
}

/** A path may hold what no text decodes to: then it stands for itself, and is not found. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
