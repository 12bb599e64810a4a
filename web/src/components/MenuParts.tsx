import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import { Suspense } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { Boundary } from './Boundary.tsx'
import { classNames } from './class-names.ts'
import { Kbd } from './Kbd.tsx'
import styles from './Menu.module.css'
import { reasonOf } from './reason-of.ts'

export interface MenuProps {
  readonly trigger: ReactElement<object>
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly children: ReactNode
}

/** Open from the start: it takes the place of a button that was pressed (Menu.tsx). */
export function MenuRoot({ trigger, align = 'start', side = 'bottom', children }: MenuProps) {
  return (
    <Radix.Root modal={false} defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles['menu']} align={align} side={side} sideOffset={4} collisionPadding={8}>
          <Boundary broken={(error) => <p className={styles['label']}>{reasonOf(error)}</p>}>
            <Suspense fallback={<div className={styles['loading']} />}>{children}</Suspense>
          </Boundary>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export interface MenuItemProps {
  readonly icon?: ReactNode
  readonly shortcut?: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

export function MenuItem({ icon, shortcut, danger = false, disabled = false, onSelect, children }: MenuItemProps) {
  return (
    <Radix.Item className={classNames(styles['item'], danger && styles['danger'])} disabled={disabled} onSelect={onSelect}>
      <span className={styles['icon']}>{icon}</span>
      <span className={styles['text']}>{children}</span>
      {shortcut === undefined ? null : <Kbd keys={shortcut} />}
    </Radix.Item>
  )
}

export function MenuChoice({ label, value, options, onChange }: MenuChoiceProps) {
  return (
    <>
      <Radix.Label className={styles['label']}>{label}</Radix.Label>
      <Radix.RadioGroup value={value} onValueChange={onChange}>
        {options.map((option) => (
          <Radix.RadioItem
            key={option.value}
            value={option.value}
            className={styles['item']}
            onSelect={(event) => event.preventDefault()}
          >
            <span className={styles['icon']}>
              <Radix.ItemIndicator>
                <Check size={14} />
              </Radix.ItemIndicator>
            </span>
            <span className={styles['text']}>{option.label}</span>
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  )
}

export interface MenuChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className={styles['label']}>{children}</Radix.Label>
}

export function MenuLine() {
  return <Radix.Separator className={styles['line']} />
}
