import { Popover as Radix } from 'radix-ui'
import { Suspense } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { Boundary } from './Boundary.tsx'
import { classNames } from './class-names.ts'
import { Failure } from './Notice.tsx'
import styles from './Popover.module.css'

export interface PopoverProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<object>
  /** Accessible name of what opens. */
  readonly label: string
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly align?: 'start' | 'end'
  readonly className?: string | undefined
  readonly children: ReactNode
}

export function PopoverRoot({ trigger, label, open, onOpenChange, align = 'start', className, children }: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={classNames(styles['popover'], className)}
        >
          <Boundary broken={(error, retry) => <Failure small error={error} onRetry={retry} />}>
            <Suspense fallback={<div className={styles['loading']} />}>{children}</Suspense>
          </Boundary>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
