import { CircleAlert, Inbox, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../data/http.ts'
import { messages } from '../messages/messages.ts'
import { Button } from './Button.tsx'
import { classNames } from './class-names.ts'
import { CopyButton } from './CopyButton.tsx'
import styles from './Notice.module.css'
import { reasonOf } from './reason-of.ts'

export interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  /** The one command that fills the view. */
  readonly command?: string
  readonly small?: boolean
}

/** Nothing to show yet, and what to do about it. */
export function Empty({ title, children, command, small = false }: EmptyProps) {
  return (
    <div className={classNames(styles['notice'], small && styles['small'])}>
      {small ? null : <Inbox size={28} strokeWidth={1.25} className={styles['icon']} />}
      <p className={styles['title']}>{title}</p>
      {children === undefined ? null : <div className={styles['text']}>{children}</div>}
      {command === undefined ? null : (
        <div className={styles['command']}>
          <code>{command}</code>
          <CopyButton text={command} label={messages.copyCommand} />
        </div>
      )}
    </div>
  )
}

/** What went wrong, in the server's own words, and a way to try again. */
export function Failure({ error, onRetry, small = false }: { error: unknown; onRetry?: () => void; small?: boolean }) {
  const reachable = !(error instanceof ApiError && error.status === 0)
  return (
    <div role="alert" className={classNames(styles['notice'], small && styles['small'])}>
      <CircleAlert size={small ? 18 : 28} strokeWidth={1.5} className={styles['critical']} />
      <p className={styles['title']}>{reachable ? messages.failed : messages.unreachable}</p>
      <p className={styles['text']}>{reachable ? reasonOf(error) : messages.unreachableHint}</p>
      {onRetry === undefined ? null : (
        <Button size="small" onClick={onRetry}>
          {messages.tryAgain}
        </Button>
      )}
    </div>
  )
}

/** The answer is there but not whole. */
export function Partial({ children }: { children: ReactNode }) {
  return (
    <p role="status" className={styles['partial']}>
      <TriangleAlert size={14} />
      {children}
    </p>
  )
}
