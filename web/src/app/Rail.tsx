import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react'
import { IconButton } from '../components/Button.tsx'
import { Kbd } from '../components/Kbd.tsx'
import { Tooltip } from '../components/Tooltip.tsx'
import { messages } from '../messages/messages.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { carried } from './address.ts'
import { Brand } from './Brand.tsx'
import { Link } from './Link.tsx'
import { hrefOf, usePlace } from './place.ts'
import { pages } from './pages.tsx'
import { prefer } from './preferences.ts'
import styles from './Rail.module.css'

export interface RailProps {
  readonly collapsed: boolean
  readonly onOpenPalette: () => void
  readonly onOpenShortcuts: () => void
}

/** Where one can go. A column at the left; on a phone a bar at the bottom. */
export function Rail({ collapsed, onOpenPalette, onOpenShortcuts }: RailProps) {
  const { path: here, address } = usePlace()
  const { rail } = messages
  return (
    <nav aria-label={rail.label} className={styles['rail']} data-collapsed={collapsed}>
      <Link to="/" className={styles['brand']} aria-label={messages.product}>
        <Brand />
        <span className={styles['wide']}>{messages.product}</span>
      </Link>

      <button type="button" className={styles['search']} onClick={onOpenPalette} aria-label={collapsed ? rail.search : undefined}>
        <Search size={15} />
        <span className={styles['wide']}>{rail.search}</span>
        <span className={styles['short']}>{messages.search}</span>
        <span className={styles['keys']}>
          <Kbd keys="mod+K" />
        </span>
      </button>

      <ul className={styles['pages']}>
        {pages.map(({ path, name, icon: Icon, key }) => (
          <li key={path}>
            <Tooltip text={name} shortcut={`g ${key}`}>
              <Link
                to={hrefOf(path, carried(address))}
                className={styles['page']}
                aria-current={here === path || here.startsWith(`${path}/`) ? 'page' : undefined}
              >
                <Icon size={17} strokeWidth={1.75} />
                <span className={styles['name']}>{name}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>

      <div className={styles['foot']}>
        <AccountMenu collapsed={collapsed} onOpenShortcuts={onOpenShortcuts} />
        <IconButton
          className={styles['fold']}
          label={collapsed ? rail.expand : rail.collapse}
          shortcut="["
          onClick={() => prefer({ railCollapsed: !collapsed })}
        >
          {collapsed ? <PanelLeftOpen size={16} /> : <PanelLeftClose size={16} />}
        </IconButton>
      </div>
    </nav>
  )
}
