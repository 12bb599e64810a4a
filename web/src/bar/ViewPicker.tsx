import { ChevronDown, Database } from 'lucide-react'
import { useState } from 'react'
import { changeAddress } from '../app/place.ts'
import { Button } from '../components/Button.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { Popover } from '../components/Popover.tsx'
import { messages } from '../messages/messages.ts'
import type { ResolvedView } from './use-scope.ts'
import styles from './ViewPicker.module.css'

const ViewList = inChunk(async () => (await import('./ViewList.tsx')).ViewList)

/** Chooses a data view, or indices by their names. */
export function ViewPicker({ view }: { view: ResolvedView | undefined }) {
  const [open, setOpen] = useState(false)
  const text = messages.bar
  const choose = (id: string): void => {
    setOpen(false)
    changeAddress({ view: id, columns: undefined, sort: undefined, document: undefined })
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
