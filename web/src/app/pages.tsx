import { Compass, LayoutDashboard } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { messages } from '../messages/messages.ts'

export interface PageEntry {
  readonly path: '/discover' | '/dashboards'
  readonly name: string
  readonly icon: LucideIcon
  /** Goes there, after `g`. */
  readonly key: string
}

/** The pages of the rail, in its order. Only what exists stands here. */
export const pages: readonly PageEntry[] = [
  { path: '/discover', name: messages.rail.discover, icon: Compass, key: 'd' },
  { path: '/dashboards', name: messages.rail.dashboards, icon: LayoutDashboard, key: 'b' },
]
