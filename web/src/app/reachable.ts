import type { QueryClient } from '@tanstack/react-query'
import { create } from 'zustand'
import { loadSession } from '../data/api.ts'
import { whenReached } from '../data/http.ts'
import { refresh } from './moment.ts'

/** How often a server that is gone is asked whether it is back. */
const ASK_MS = 2000

/** Whether the server answered when it was last asked for something. */
export const useReachable = create<{ readonly reachable: boolean }>()(() => ({ reachable: true }))

/** When the server is gone, asks until it is back; then everything on the page is asked for anew. Called once. */
export function followServer(queries: QueryClient): void {
  let asking = false
  const askAgain = (): void => {
    asking = false
    // What comes of it does not matter here: `whenReached` hears of it.
    void loadSession().catch(() => undefined)
  }
  whenReached((reachable) => {
    const before = useReachable.getState().reachable
    useReachable.setState({ reachable })
    if (reachable && !before) {
      refresh()
      void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' })
    }
    if (reachable || asking) return
    asking = true
    setTimeout(askAgain, ASK_MS)
  })
}
