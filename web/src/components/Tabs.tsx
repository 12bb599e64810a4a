import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import styles from './Tabs.module.css'

export interface TabsProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly tabs: readonly { readonly value: string; readonly label: string; readonly content: ReactNode }[]
  /** Behind the tabs, on their line. */
  readonly children?: ReactNode
}

export function Tabs({ label, value, onChange, tabs, children }: TabsProps) {
  return (
    <Radix.Root value={value} onValueChange={onChange} className={styles['tabs']}>
      <div className={styles['line']}>
        <Radix.List aria-label={label} className={styles['list']}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.value} value={tab.value} className={styles['tab']}>
              {tab.label}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {children}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className={styles['content']} tabIndex={-1}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
