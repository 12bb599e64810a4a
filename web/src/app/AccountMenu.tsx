import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleUserRound, Keyboard, LogOut } from 'lucide-react'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../components/Menu.tsx'
import { signOut } from '../data/api.ts'
import { messages } from '../messages/messages.ts'
import styles from './AccountMenu.module.css'
import { prefer, usePreferences } from './preferences.ts'
import type { Contrast, Density, Theme } from './preferences.ts'
import { sessionQuery, useSession } from './session.ts'

export function AccountMenu({ collapsed, onOpenShortcuts }: { collapsed: boolean; onOpenShortcuts: () => void }) {
  const { username } = useSession()
  const { theme, contrast, density } = usePreferences()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { account } = messages

  const leave = async (): Promise<void> => {
    await signOut()
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
    await navigate({ to: '/sign-in' })
  }

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
      <MenuLabel>{account.signedInAs(username)}</MenuLabel>
      <MenuLine />
      <MenuChoice
        label={account.theme}
        value={theme}
        options={optionsOf(account.themes)}
        onChange={(value) => prefer({ theme: value as Theme })}
      />
      <MenuChoice
        label={account.contrast}
        value={contrast}
        options={optionsOf(account.contrasts)}
        onChange={(value) => prefer({ contrast: value as Contrast })}
      />
      <MenuChoice
        label={account.density}
        value={density}
        options={optionsOf(account.densities)}
        onChange={(value) => prefer({ density: value as Density })}
      />
      <MenuLine />
      <MenuItem icon={<Keyboard size={15} />} shortcut="?" onSelect={onOpenShortcuts}>
        {account.keyboard}
      </MenuItem>
      <MenuItem icon={<LogOut size={15} />} onSelect={() => void leave()}>
        {account.signOut}
      </MenuItem>
    </Menu>
  )
}

const optionsOf = (names: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(names).map(([value, label]) => ({ value, label }))
