import { create } from 'zustand'
import type { EpochMillis } from '../../../src/core/time.ts'

interface Moment {
  /** What `now` in a range stands for, the same for everything on a page. Moves with each refresh only. */
  readonly now: EpochMillis
  /** Counts refreshes that a person asked for: those also bring what does not follow time, such as fields. */
  readonly asked: number
}

export const useMoment = create<Moment>()(() => ({ now: Date.now(), asked: 0 }))

/** Moves `now` to now, so that every search on the page is asked again. */
export function refresh(): void {
  useMoment.setState(({ asked }) => ({ now: Date.now(), asked: asked + 1 }))
}

/** As `refresh`, when new documents arrived: only what follows time is asked again. */
export function advance(): void {
  useMoment.setState({ now: Date.now() })
}
