import { useQuery } from '@tanstack/react-query'
import { Suspense, useEffect } from 'react'
import { Boundary } from '../components/Boundary.tsx'
import { Failure } from '../components/Notice.tsx'
import { SignInPage } from '../pages/sign-in/SignInPage.tsx'
import { AppShell } from './AppShell.tsx'
import { BrokenPage, LoadingPage } from './edge-pages.tsx'
import { goTo, hrefOf, usePlace } from './place.ts'
import { pageAt } from './routes.tsx'
import { sessionQuery } from './session.ts'

/** Signing in, or the page at the address in the shell around it. */
export function App() {
  const path = usePlace((place) => place.path)
  return (
    <Boundary broken={(error) => <BrokenPage error={error} />}>
      <Suspense fallback={<LoadingPage />}>{path === '/sign-in' ? <SignInPage /> : <SignedIn path={path} />}</Suspense>
    </Boundary>
  )
}

/** A page that breaks leaves the rail: one can go elsewhere. Who is not signed in is asked to, and comes back to where they wanted to go. */
function SignedIn({ path }: { path: string }) {
  const { data, error, refetch } = useQuery(sessionQuery)
  const asked = data === null
  useEffect(() => {
    if (asked) goTo(hrefOf('/sign-in', { next: window.location.pathname + window.location.search }), 'replace')
  }, [asked])
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined || data === null) return <LoadingPage />
  return (
    <AppShell>
      <Boundary key={path} broken={(error) => <BrokenPage error={error} />}>
        <Suspense fallback={<LoadingPage />}>{pageAt(path)}</Suspense>
      </Boundary>
    </AppShell>
  )
}
