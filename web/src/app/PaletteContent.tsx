import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Bookmark, Clock, Database, LayoutDashboard, Link as LinkIcon, Moon, Radio, RotateCw, Rows3 } from 'lucide-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { copyText } from '../components/copy-text.ts'
import { Kbd } from '../components/Kbd.tsx'
import { toast } from '../components/toasts.ts'
import { messages } from '../messages/messages.ts'
import { parseTypedRange } from '../time/time-range.ts'
import { QUICK_RANGES, rangeLabel } from '../time/range-label.ts'
import { carried, parseAddress } from './address.ts'
import styles from './CommandPalette.module.css'
import { refresh } from './moment.ts'
import { pages } from './pages.tsx'
import { changeAddress, dashboardPath, goTo, hrefOf, useAddress } from './place.ts'
import { prefer, usePreferences, useZone } from './preferences.ts'
import { objectsQuery, searchQuery } from './saved.ts'

const { palette } = messages

/** Everything that can be gone to or done, found by typing. */
export function PaletteContent({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('')
  const address = useAddress()
  const queries = useQueryClient()
  const zone = useZone()
  const { theme, density } = usePreferences()
  const dashboards = useQuery(objectsQuery('dashboard')).data ?? []
  const searches = useQuery(objectsQuery('search')).data ?? []
  const views = useQuery(objectsQuery('data_view')).data ?? []
  const typed = parseTypedRange(text)

  const then = (action: () => unknown) => () => {
    onDone()
    void action()
  }
  const dark = theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  const openSearch = async (id: string): Promise<void> => {
    const { attributes } = await queries.fetchQuery(searchQuery(id))
    goTo(hrefOf('/discover', parseAddress(attributes.address)))
  }

  return (
    <Command label={palette.title} loop>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder={palette.placeholder}
        className={styles['input']}
      />
      <Command.List className={styles['list']}>
        <Command.Empty className={styles['empty']}>{palette.empty}</Command.Empty>
        {typed === undefined ? null : (
          <Command.Group heading={palette.times} forceMount>
            <Item
              forceMount
              value={`range ${text}`}
              icon={<Clock size={15} />}
              onSelect={then(() => changeAddress({ range: typed }))}
            >
              {rangeLabel(typed, zone)}
            </Item>
          </Command.Group>
        )}
        <Command.Group heading={palette.pages}>
          {pages.map(({ path, name, icon: Icon, key }) => (
            <Item
              key={path}
              value={`page ${name}`}
              icon={<Icon size={15} />}
              keys={`g ${key}`}
              onSelect={then(() => goTo(hrefOf(path, carried(address))))}
            >
              {name}
            </Item>
          ))}
        </Command.Group>
        {dashboards.length === 0 ? null : (
          <Command.Group heading={palette.dashboards}>
            {dashboards.map(({ id, title, description }) => (
              <Item
                key={id}
                value={`dashboard ${title} ${id}`}
                icon={<LayoutDashboard size={15} />}
                detail={description}
                onSelect={then(() => goTo(hrefOf(dashboardPath(id), carried(address))))}
              >
                {title}
              </Item>
            ))}
          </Command.Group>
        )}
        {searches.length === 0 ? null : (
          <Command.Group heading={palette.searches}>
            {searches.map(({ id, title }) => (
              <Item key={id} value={`search ${title} ${id}`} icon={<Bookmark size={15} />} onSelect={then(() => openSearch(id))}>
                {title}
              </Item>
            ))}
          </Command.Group>
        )}
        {views.length === 0 ? null : (
          <Command.Group heading={palette.views}>
            {views.map(({ id, title }) => (
              <Item
                key={id}
                value={`view ${title} ${id}`}
                icon={<Database size={15} />}
                onSelect={then(() => goTo(hrefOf('/discover', { ...carried(address), view: id })))}
              >
                {title}
              </Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading={palette.actions}>
          <Item value={palette.refresh} icon={<RotateCw size={15} />} keys="r" onSelect={then(refresh)}>
            {palette.refresh}
          </Item>
          <Item
            value={`${palette.liveOn} ${palette.liveOff}`}
            icon={<Radio size={15} />}
            keys="l"
            onSelect={then(() => changeAddress({ live: address.live !== true }, 'replace'))}
          >
            {address.live === true ? palette.liveOff : palette.liveOn}
          </Item>
          <Item
            value={palette.toggleTheme}
            icon={<Moon size={15} />}
            onSelect={then(() => prefer({ theme: dark ? 'light' : 'dark' }))}
          >
            {palette.toggleTheme}
          </Item>
          <Item
            value={palette.toggleDensity}
            icon={<Rows3 size={15} />}
            onSelect={then(() => prefer({ density: density === 'compact' ? 'comfortable' : 'compact' }))}
          >
            {palette.toggleDensity}
          </Item>
          <Item
            value={messages.copyLink}
            icon={<LinkIcon size={15} />}
            onSelect={then(() => copyText(window.location.href).then(() => toast(messages.linkCopied)))}
          >
            {messages.copyLink}
          </Item>
        </Command.Group>
        <Command.Group heading={palette.times}>
          {QUICK_RANGES.map((range) => (
            <Item
              key={`${range.from} ${range.to}`}
              value={`time ${rangeLabel(range, zone)}`}
              icon={<Clock size={15} />}
              onSelect={then(() => changeAddress({ range }))}
            >
              {rangeLabel(range, zone)}
            </Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  )
}

interface ItemProps {
  readonly value: string
  readonly icon: ReactNode
  readonly keys?: string
  readonly detail?: string | undefined
  readonly forceMount?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

function Item({ value, icon, keys, detail, forceMount = false, onSelect, children }: ItemProps) {
  return (
    <Command.Item value={value} onSelect={onSelect} forceMount={forceMount} className={styles['item']}>
      {icon}
      <span className={styles['text']}>{children}</span>
      {detail === undefined ? null : <span className={styles['detail']}>{detail}</span>}
      {keys === undefined ? null : <Kbd keys={keys} />}
    </Command.Item>
  )
}
