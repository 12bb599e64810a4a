import { CircleUserRound } from 'lucide-react'
import { inChunk } from '../components/in-chunk.tsx'
import { Menu } from '../components/Menu.tsx'
import { messages } from '../messages/messages.ts'
import styles from './AccountMenu.module.css'
import { useSession } from './session.ts'

const AccountMenuItems = inChunk(async () => (await import('./AccountMenuItems.tsx')).AccountMenuItems)

export function AccountMenu({ collapsed, onOpenShortcuts }: { collapsed: boolean; onOpenShortcuts: () => void }) {
  const { username } = useSession()
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className={styles['button']}
          aria-label={messages.rail.account(username)}
          data-collapsed={collapsed}
        >
          <CircleUserRound size={17} strokeWidth={1.75} />
          <span className={styles['name']}>{username}</span>
        </button>
      }
    >
      <AccountMenuItems onOpenShortcuts={onOpenShortcuts} />
    </Menu>
  )
}
