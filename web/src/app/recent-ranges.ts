import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { QUICK_RANGES } from '../time/range-label.ts'
import type { TimeRange } from '../time/time-range.ts'

const KEPT = 5

interface RecentRanges {
  readonly ranges: readonly TimeRange[]
}

const useStore = create<RecentRanges>()(
  persist((): RecentRanges => ({ ranges: [] }), { name: 'elkhorn.recent-ranges', version: 1 }),
)

const same = (a: TimeRange, b: TimeRange): boolean => a.from === b.from && a.to === b.to

/** The last ranges that a person chose and that are not a click away anyway. */
export function useRecentRanges(): { readonly recent: readonly TimeRange[]; readonly remember: (range: TimeRange) => void } {
  const recent = useStore((state) => state.ranges)
  return {
    recent,
    remember(range) {
      if (QUICK_RANGES.some((quick) => same(quick, range))) return
      useStore.setState(({ ranges }) => ({ ranges: [range, ...ranges.filter((other) => !same(other, range))].slice(0, KEPT) }))
    },
  }
}
