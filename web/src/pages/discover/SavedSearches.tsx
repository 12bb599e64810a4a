import { Bookmark } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../components/Button.tsx'
import { inChunk } from '../../components/in-chunk.tsx'
import { Popover } from '../../components/Popover.tsx'
import { messages } from '../../messages/messages.ts'
import styles from './SavedSearches.module.css'

const text = messages.discover
const SavedSearchesContent = inChunk(async () => (await import('./SavedSearchesContent.tsx')).SavedSearchesContent)

export function SavedSearches() {
  const [open, setOpen] = useState(false)
  return (
    <Popover
      label={text.savedSearches}
      open={open}
      onOpenChange={setOpen}
      align="end"
      className={styles['popover']}
      trigger={
        <IconButton label={text.savedSearches} size="small">
          <Bookmark size={15} />
        </IconButton>
      }
    >
      <SavedSearchesContent onDone={() => setOpen(false)} />
    </Popover>
  )
}
