import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { parseAddress, printAddress } from './app/address.ts'
import type { Address } from './app/address.ts'
import { AppShell } from './app/AppShell.tsx'
import { BrokenPage, LoadingPage, NotFoundPage } from './app/edge-pages.tsx'
import { objectsQuery } from './app/saved.ts'
import { sessionQuery } from './app/session.ts'
import { SignInPage } from './pages/sign-in/SignInPage.tsx'

interface Context {
  readonly queries: QueryClient
}

const root = createRootRouteWithContext<Context>()({
  validateSearch: (search): Address => search as Address,
  notFoundComponent: NotFoundPage,
})

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage })

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: AppShell,
  beforeLoad: async ({ context: { queries }, location }) => {
    if ((await queries.ensureQueryData(sessionQuery)) === null)
      throw redirect({ to: '/sign-in', search: { next: location.href } })
  },
})

/** What a new user should see first: the ready-made dashboard, where there is one. */
const FIRST_DASHBOARD = 'smart-factory'

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context: { queries } }) => {
    const dashboards = await queries.ensureQueryData(objectsQuery('dashboard'))
    if (dashboards.some(({ id }) => id === FIRST_DASHBOARD))
      throw redirect({ to: '/dashboards/$id', params: { id: FIRST_DASHBOARD } })
    throw redirect({ to: '/discover' })
  },
})

const discover = createRoute({
  getParentRoute: () => shell,
  path: '/discover',
  component: lazyRouteComponent(() => import('./pages/discover/DiscoverPage.tsx'), 'DiscoverPage'),
})

const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('./pages/dashboards/DashboardListPage.tsx'), 'DashboardListPage'),
})

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$id',
  component: lazyRouteComponent(() => import('./pages/dashboards/DashboardPage.tsx'), 'DashboardPage'),
})

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([signIn, shell.addChildren([home, discover, dashboards, dashboard])]),
    context: { queries },
    parseSearch: parseAddress,
    stringifySearch: printAddress,
    defaultPreload: 'intent',
    defaultPendingComponent: LoadingPage,
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: NotFoundPage,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
