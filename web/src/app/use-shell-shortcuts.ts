import { useMemo } from 'react'
import { carried } from './address.ts'
import { refresh } from './moment.ts'
import { pages } from './pages.tsx'
import { changeAddress, goTo, hrefOf, useAddress } from './place.ts'
import { useShortcuts } from './shortcuts.ts'
import type { Shortcuts } from './shortcuts.ts'

export interface ShellActions {
  readonly openPalette: () => void
  readonly openShortcuts: () => void
  readonly toggleRail: () => void
}

/** The keys that work on every page; ShortcutsDialog.tsx lists them. */
export function useShellShortcuts({ openPalette, openShortcuts, toggleRail }: ShellActions): void {
  const address = useAddress()
  const shortcuts = useMemo<Shortcuts>(
    () => ({
      'mod+k': openPalette,
      '?': openShortcuts,
      '[': toggleRail,
      '/': () => focusOn('query'),
      'g t': () => focusOn('time-range', 'click'),
      r: refresh,
      l: () => changeAddress({ live: address.live !== true }, 'replace'),
      ...Object.fromEntries(pages.map(({ path, key }) => [`g ${key}`, () => goTo(hrefOf(path, carried(address)))])),
    }),
    [address, openPalette, openShortcuts, toggleRail],
  )
  useShortcuts(shortcuts)
}

/** Finds the control by its `data-shortcut`, so that the shell needs not know which page has one. */
function focusOn(name: string, action: 'focus' | 'click' = 'focus'): void {
  const control = document.querySelector<HTMLElement>(`[data-shortcut="${name}"]`)
  if (action === 'click') control?.click()
  else control?.focus()
}
