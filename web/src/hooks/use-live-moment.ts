import { useEffect, useRef } from 'react'
import { advance } from '../app/moment.ts'

/** At least this much time between two moments: figures that change faster cannot be read. */
const MIN_STEP_MS = 2000
/** Time passes also when nothing arrives: the ends of “the last hour” move. */
const IDLE_STEP_MS = 15_000

/**
 * While live, moves the page's moment when `changes` grows, and now and then without that. Not while the tab is hidden:
 * then once when it is seen again.
 */
export function useLiveMoment(live: boolean, changes: number): void {
  const last = useRef(0)
  useEffect(() => {
    if (!live) return undefined
    const step = (): void => {
      if (document.visibilityState === 'hidden') return
      last.current = performance.now()
      advance()
    }
    const wait = changes === 0 ? IDLE_STEP_MS : Math.max(0, last.current + MIN_STEP_MS - performance.now())
    const timer = setTimeout(step, wait)
    const idle = setInterval(step, IDLE_STEP_MS)
    document.addEventListener('visibilitychange', step)
    return () => {
      clearTimeout(timer)
      clearInterval(idle)
      document.removeEventListener('visibilitychange', step)
    }
  }, [live, changes])
}
