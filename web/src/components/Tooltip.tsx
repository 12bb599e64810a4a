import { cloneElement } from 'react'
import type { ReactElement } from 'react'

/** A word on what is pointed at or focused, shown by the TooltipLayer. Never the only place that says something. */
export function Tooltip({ text, shortcut, children }: { text: string; shortcut?: string; children: ReactElement<object> }) {
  return cloneElement(children, { 'data-tip': text, 'data-tip-keys': shortcut } as object)
}
