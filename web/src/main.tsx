import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './styles/palette.css'
import './styles/roles.css'
import './styles/base.css'
import { App } from './app/App.tsx'
import { followHistory, usePlace } from './app/place.ts'
import { followPreferences } from './app/preferences.ts'
import { createQueryClient } from './app/query-client.ts'
import { followServer } from './app/reachable.ts'
import { preloadPage } from './app/routes.tsx'
import { sessionQuery } from './app/session.ts'
import { TooltipLayer } from './components/TooltipLayer.tsx'
import { whenSignedOut } from './data/http.ts'

followPreferences()
followHistory()
preloadPage(usePlace.getState().path)

const queries = createQueryClient()
followServer(queries)
// The page that is shown sees it, and asks to sign in.
whenSignedOut(() => queries.setQueryData(sessionQuery.queryKey, null))

const root = document.querySelector('#root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
      <TooltipLayer />
    </QueryClientProvider>
  </StrictMode>,
)
