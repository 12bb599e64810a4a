import { useEffect } from 'react'
import { preloadChunks } from '../components/in-chunk.tsx'

/**
 * Tells that a page shows what it was opened for. Only now is everything fetched that was left out until then (other pages,
 * menus, dialogs), while the browser has nothing else to do: it is there when it is asked for, also when Elkhorn is not.
 */
export function useFirstView(shown: boolean): void {
  useEffect(() => {
    if (!shown) return undefined
    const fetchRest = (): void => void preloadChunks().catch((error: unknown) => console.debug('not all is fetched', error))
    if (!('requestIdleCallback' in window)) return void setTimeout(fetchRest, WITHOUT_IDLE_MS)
    const handle = requestIdleCallback(fetchRest)
    return () => cancelIdleCallback(handle)
  }, [shown])
}

/** Safari does not tell when it is idle. */
const WITHOUT_IDLE_MS = 500
