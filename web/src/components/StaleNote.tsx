import { TriangleAlert } from 'lucide-react'
import { formatMoment } from '../format/date.ts'
import type { Stale } from '../hooks/use-kept.ts'
import { messages } from '../messages/messages.ts'
import { reasonOf } from './reason-of.ts'
import styles from './StaleNote.module.css'

export interface StaleNoteProps {
  readonly stale: Stale
  readonly zone: string
  readonly onRetry: () => void
}

/** Says of what time the figures beside it are, and why there are no newer ones. */
export function StaleNote({ stale: { since, error }, zone, onRetry }: StaleNoteProps) {
  const time = formatMoment(since, zone, { today: Date.now(), seconds: true })
  const text = messages.stale(time, reasonOf(error))
  return (
    <div className={styles['note']} data-stale>
      <TriangleAlert size={13} />
      <p className={styles['text']} title={text}>
        {text}
      </p>
      <button type="button" className={styles['retry']} onClick={onRetry}>
        {messages.tryAgain}
      </button>
    </div>
  )
}
