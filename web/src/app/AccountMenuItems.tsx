import { useQueryClient } from '@tanstack/react-query'
import { Keyboard, LogOut } from 'lucide-react'
import { MenuChoice, MenuItem, MenuLabel, MenuLine } from '../components/MenuParts.tsx'
import { signOut } from '../data/api.ts'
import { messages } from '../messages/messages.ts'
import { goTo } from './place.ts'
import { prefer, usePreferences } from './preferences.ts'
import type { Contrast, Density, Theme } from './preferences.ts'
import { sessionQuery, useSession } from './session.ts'

const { account } = messages

/** Who is signed in, how the page looks to them, and the way out. */
export function AccountMenuItems({ onOpenShortcuts }: { onOpenShortcuts: () => void }) {
  const { username } = useSession()
  const { theme, contrast, density } = usePreferences()
  const queries = useQueryClient()

  const leave = async (): Promise<void> => {
    await signOut()
    goTo('/sign-in')
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
  }

  return (
    <>
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
    </>
  )
}

const optionsOf = (names: Readonly<Record<string, string>>): { value: string; label: string }[] =>
  Object.entries(names).map(([value, label]) => ({ value, label }))
