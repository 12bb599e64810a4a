import { X } from 'lucide-react'
import { Suspense, useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import { messages } from '../messages/messages.ts'
import { Boundary } from './Boundary.tsx'
import { IconButton } from './Button.tsx'
import { classNames } from './class-names.ts'
import { Failure } from './Notice.tsx'
import styles from './Dialog.module.css'

export interface DialogProps {
  readonly open: boolean
  readonly title: string
  readonly onClose: () => void
  /** Without a heading of its own: the content shows what it is. */
  readonly bare?: boolean
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** The browser's own modal dialog: it keeps the focus inside, closes with Escape and gives the focus back. */
export function Dialog({ open, title, onClose, bare = false, className, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const dialog = element.current
    if (dialog === null || !open) return undefined
    dialog.showModal()
    return () => dialog.close()
  }, [open])

  if (!open) return null
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      className={classNames(styles['dialog'], className)}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      // Also where the tip of a button inside has taken the key for itself: one press leaves.
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div className={styles['body']}>
        {bare ? (
          <h2 id={titleId} className="visually-hidden">
            {title}
          </h2>
        ) : (
          <header className={styles['header']}>
            <h2 id={titleId}>{title}</h2>
            <IconButton label={messages.close} size="small" onClick={onClose}>
              <X size={16} />
            </IconButton>
          </header>
        )}
        <Boundary broken={(error, retry) => <Failure small error={error} onRetry={retry} />}>
          <Suspense fallback={<div className={styles['loading']} />}>{children}</Suspense>
        </Boundary>
      </div>
    </dialog>
  )
}
