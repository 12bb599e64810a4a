import { useEffect, useRef, useState } from 'react'
import { advance } from '../app/moment.ts'

/** At least this much time between two moments: figures that change faster cannot be read. */
const MIN_STEP_MS = 2000
/** Time passes also when nothing arrives: the ends of “the last hour” move. */
const IDLE_STEP_MS = 15_000

/**
 * While live, moves the page's moment when `changes` grows, and now and then without that. Never while the answers to the
 * moment before are still awaited (`busy`), and not before as much time has passed as they took: a slow store is asked
 * less, and every question gets its answer. Not while the tab is hidden; then at once when it is seen again.
 */
export function useLiveMoment(live: boolean, changes: number, busy: boolean): void {
  const [hidden, setHidden] = useState(document.visibilityState === 'hidden')
  /** When the moment moved last, and how long its answers took. */
  const round = useRef({ startedAt: performance.now(), tookMs: 0 })
  /** How many changes the page shows already. */
  const shown = useRef(0)

  useEffect(() => {
    const onChange = (): void => setHidden(document.visibilityState === 'hidden')
    document.addEventListener('visibilitychange', onChange)
    return () => document.removeEventListener('visibilitychange', onChange)
  }, [])

  useEffect(() => {
    if (!busy && round.current.tookMs === 0) round.current.tookMs = performance.now() - round.current.startedAt
  }, [busy])

  useEffect(() => {
    if (!live || hidden || busy) return undefined
    const { startedAt, tookMs } = round.current
    const step = changes === shown.current ? IDLE_STEP_MS : Math.max(MIN_STEP_MS, 2 * tookMs)
    const timer = setTimeout(
      () => {
        round.current = { startedAt: performance.now(), tookMs: 0 }
        shown.current = changes
        advance()
      },
      Math.max(0, startedAt + step - performance.now()),
    )
    return () => clearTimeout(timer)
  }, [live, hidden, busy, changes])
}
