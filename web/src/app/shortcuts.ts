import { useEffect } from 'react'

/** Between the two keys of a sequence such as `g d`. */
const SEQUENCE_MS = 1200

export type Shortcuts = Readonly<Record<string, () => void>>

/**
 * Listens for keys on the whole page: single ones (`/`), sequences (`g d`) and `mod+k` (Ctrl, on a Mac Command). Keys typed
 * into a field are text, and only `mod+` ones count there.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    let before = ''
    let beforeAt = 0
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return
      const modified = event.ctrlKey || event.metaKey
      if (!modified && (isTyping(event.target) || document.querySelector('dialog[open]') !== null)) return
      const key = modified ? `mod+${event.key.toLowerCase()}` : event.key
      const sequence = event.timeStamp - beforeAt < SEQUENCE_MS ? `${before} ${key}` : key
      const action = shortcuts[sequence] ?? shortcuts[key]
      before = modified ? '' : key
      beforeAt = event.timeStamp
      if (action === undefined) return
      before = ''
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [shortcuts])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
