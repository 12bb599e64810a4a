import { Braces, Calendar, CircleHelp, Globe, Hash, Network, Text, ToggleLeft, TriangleAlert, Type } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { fieldKind } from '../hooks/use-fields.ts'
import type { FieldKind } from '../hooks/use-fields.ts'
import { messages } from '../messages/messages.ts'
import styles from './FieldIcon.module.css'

const ICONS: Readonly<Record<FieldKind, LucideIcon>> = {
  keyword: Type,
  text: Text,
  number: Hash,
  date: Calendar,
  boolean: ToggleLeft,
  ip: Network,
  geo: Globe,
  conflict: TriangleAlert,
  other: CircleHelp,
}

/** What kind of values a field holds. */
export function FieldIcon({ type }: { type: string | undefined }) {
  const kind = type === undefined ? undefined : fieldKind(type)
  const Icon = kind === undefined ? Braces : ICONS[kind]
  return (
    <Icon
      size={13}
      strokeWidth={2}
      className={styles['icon']}
      data-kind={kind}
      aria-label={type ?? messages.unmapped}
      role="img"
    />
  )
}
