import { useState } from 'react'
import type { ReactNode } from 'react'
import { Toasts } from '../components/Toasts.tsx'
import { messages } from '../messages/messages.ts'
import styles from './AppShell.module.css'
import { CommandPalette } from './CommandPalette.tsx'
import { prefer, usePreferences } from './preferences.ts'
import { Rail } from './Rail.tsx'
import { useReachable } from './reachable.ts'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import { useShellShortcuts } from './use-shell-shortcuts.ts'

/** What every page stands in: the rail, the command palette, the keys. */
export function AppShell({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<'none' | 'palette' | 'shortcuts'>('none')
  const reachable = useReachable((state) => state.reachable)
  const collapsed = usePreferences((preferences) => preferences.railCollapsed)
  useShellShortcuts({
    openPalette: () => setOpen('palette'),
    openShortcuts: () => setOpen('shortcuts'),
    toggleRail: () => prefer({ railCollapsed: !collapsed }),
  })
  return (
    <div className={styles['shell']} data-collapsed={collapsed}>
      <a href="#content" className={styles['skip']}>
        {messages.skipToContent}
      </a>
      <Rail collapsed={collapsed} onOpenPalette={() => setOpen('palette')} onOpenShortcuts={() => setOpen('shortcuts')} />
      <main id="content" tabIndex={-1} className={styles['main']}>
        {children}
      </main>
      <CommandPalette open={open === 'palette'} onClose={() => setOpen('none')} />
      <ShortcutsDialog open={open === 'shortcuts'} onClose={() => setOpen('none')} />
      <Toasts />
      <p role="status" className={styles['gone']} data-gone={!reachable}>
        {reachable ? '' : messages.gone}
      </p>
    </div>
  )
}
