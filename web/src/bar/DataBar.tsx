import { Suspense } from 'react'
import type { ReactNode } from 'react'
import { inChunk } from '../components/in-chunk.tsx'
import { messages } from '../messages/messages.ts'
import { AddFilter } from './AddFilter.tsx'
import styles from './DataBar.module.css'
import { LiveButton } from './LiveButton.tsx'
import { QueryInput } from './QueryInput.tsx'
import { TimePicker } from './TimePicker.tsx'
import type { PageScope } from './use-scope.ts'
import { ViewPicker } from './ViewPicker.tsx'

const FilterPills = inChunk(async () => (await import('./FilterPills.tsx')).FilterPills)

export interface DataBarProps {
  readonly scope: PageScope
  /** Whether the page looks at one data view of the reader's choice. */
  readonly withView: boolean
  readonly loading: boolean
  readonly liveState?: 'connecting' | 'open' | 'waiting' | undefined
  /** Things the page adds at the end. */
  readonly children?: ReactNode
}

/** The one bar of every data page: which documents, of what time, and whether new ones appear by themselves. */
export function DataBar({ scope, withView, loading, liveState, children }: DataBarProps) {
  return (
    <section className={styles['bar']} aria-label={messages.bar.label}>
      <div className={styles['row']}>
        {withView ? <ViewPicker view={scope.view} /> : null}
        <div className={styles['query']}>
          <QueryInput scope={scope} />
          {scope.filters.length === 0 ? <AddFilter scope={scope} /> : null}
        </div>
        <div className={styles['time']}>
          <TimePicker scope={scope} />
          <LiveButton live={scope.live} loading={loading} state={liveState} />
        </div>
        {children}
      </div>
      {scope.filters.length === 0 ? null : (
        <Suspense fallback={<div className={styles['pills']} />}>
          <FilterPills scope={scope} />
        </Suspense>
      )}
    </section>
  )
}
