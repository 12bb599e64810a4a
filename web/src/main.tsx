import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './styles/palette.css'
import './styles/roles.css'
import './styles/base.css'
import { followPreferences } from './app/preferences.ts'
import { createQueryClient } from './app/query-client.ts'
import { sessionQuery } from './app/session.ts'
import { TooltipProvider } from './components/Tooltip.tsx'
import { whenSignedOut } from './data/http.ts'
import { makeRouter } from './router.tsx'

followPreferences()

const queries = createQueryClient()
const router = makeRouter(queries)

whenSignedOut(() => {
  queries.setQueryData(sessionQuery.queryKey, null)
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } })
})

const root = document.querySelector('#root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={400} skipDelayDuration={200}>
        <RouterProvider router={router} />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
)
