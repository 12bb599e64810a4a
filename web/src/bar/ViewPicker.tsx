import { useQuery } from '@tanstack/react-query'
import { Check, ChevronDown, Database } from 'lucide-react'
import { useState } from 'react'
import { namesQuery, objectsQuery } from '../app/saved.ts'
import { useChangeAddress } from '../app/use-address.ts'
import { Button } from '../components/Button.tsx'
import { ChoiceList } from '../components/ChoiceList.tsx'
import { Popover } from '../components/Popover.tsx'
import { messages } from '../messages/messages.ts'
import type { ResolvedView } from './use-scope.ts'
import styles from './ViewPicker.module.css'

/** Chooses a data view, or indices by their names. */
export function ViewPicker({ view }: { view: ResolvedView | undefined }) {
  const [open, setOpen] = useState(false)
  const change = useChangeAddress()
  const text = messages.bar
  const choose = (id: string): void => {
    setOpen(false)
    change({ view: id, columns: undefined, sort: undefined, document: undefined })
  }
  return (
    <Popover
      label={text.view}
      open={open}
      onOpenChange={setOpen}
      className={styles['popover']}
      trigger={
        <Button
          icon={<Database size={14} className={styles['icon']} />}
          className={styles['button']}
          aria-label={`${text.view}: ${view?.title ?? ''}`}
        >
          <span className={styles['title']}>{view?.title ?? '…'}</span>
          <ChevronDown size={14} className={styles['icon']} />
        </Button>
      }
    >
      <ViewList current={view?.id} onChoose={choose} />
    </Popover>
  )
}

function ViewList({ current, onChoose }: { current: string | undefined; onChoose: (id: string) => void }) {
  const views = useQuery(objectsQuery('data_view')).data ?? []
  const names = useQuery(namesQuery).data ?? []
  const text = messages.bar
  const mark = (id: string) => (id === current ? <Check size={14} /> : <span />)
  return (
    <ChoiceList
      label={text.view}
      placeholder={text.viewSearch}
      empty={text.noViews}
      groups={[
        {
          title: text.savedViews,
          choices: views.map(({ id, title, description }) => ({ value: id, text: title, detail: description, icon: mark(id) })),
        },
        { title: text.indices, choices: names.map((name) => ({ value: name, text: name, icon: mark(name) })) },
      ]}
      typed={(typed) =>
        /^[^\s"\\<>|?#]+$/.test(typed) ? { value: typed, text: text.useNames(typed), icon: <span /> } : undefined
      }
      onChoose={onChoose}
    />
  )
}
