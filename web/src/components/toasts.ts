import { create } from 'zustand'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly kind: 'done' | 'failed'
}

/** Long enough to read a line. */
const SHOWN_MS = 5000
const MAX_TOASTS = 4

export const useToasts = create<{ readonly toasts: readonly Toast[] }>()(() => ({ toasts: [] }))

let counter = 0

/** Says in a corner of the page that something was done, or could not be. */
export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  counter += 1
  const id = counter
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(1 - MAX_TOASTS), { id, text, kind }] }))
  setTimeout(() => useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((other) => other.id !== id) })), SHOWN_MS)
}
