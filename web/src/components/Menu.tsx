import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Kbd } from './Kbd.tsx'
import styles from './Menu.module.css'

export interface MenuProps {
  readonly trigger: ReactElement
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly children: ReactNode
}

/** A list of things to do. Not modal: the page behind it stays as it is. */
export function Menu({ trigger, align = 'start', side = 'bottom', children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles['menu']} align={align} side={side} sideOffset={4} collisionPadding={8}>
          {children}
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
