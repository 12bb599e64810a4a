import { useEffect, useState } from 'react'
import { followTail } from '../../data/tail.ts'
import type { TailState } from '../../data/tail.ts'

/** Counts the times that documents arrived in indices, while `live`. */
export function useChanges(indices: string, live: boolean): { readonly changes: number; readonly state: TailState | undefined } {
  const [changes, setChanges] = useState(0)
  const [state, setState] = useState<TailState>()
  useEffect(() => {
    if (!live || indices === '') return undefined
    const controller = new AbortController()
    let lost = false
    const bump = (): void => setChanges((before) => before + 1)
    void followTail(
      { index: indices, documents: false },
      {
        onChanged: bump,
        onError: () => setState('waiting'),
        onState(next) {
          setState(next)
          // What happened while there was no connection nobody told: the page is asked for anew.
          if (next === 'waiting') lost = true
          if (next !== 'open' || !lost) return
          lost = false
          bump()
        },
      },
      controller.signal,
    )
    return () => {
      controller.abort()
      setState(undefined)
    }
  }, [indices, live])
  return { changes, state }
}
