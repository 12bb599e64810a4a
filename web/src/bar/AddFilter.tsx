import { ListFilterPlus, Plus } from 'lucide-react'
import { useState } from 'react'
import { changeAddress } from '../app/place.ts'
import { IconButton } from '../components/Button.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { Popover } from '../components/Popover.tsx'
import { messages } from '../messages/messages.ts'
import type { PageScope } from './use-scope.ts'

const text = messages.filter
export const FilterForm = inChunk(async () => (await import('./FilterForm.tsx')).FilterForm)

/** The button that adds a filter: beside the query while there is none, else behind the last one. */
export function AddFilter({ scope }: { scope: PageScope }) {
  const [open, setOpen] = useState(false)
  const first = scope.filters.length === 0
  return (
    <Popover
      open={open}
      label={text.addTitle}
      onOpenChange={setOpen}
      align={first ? 'end' : 'start'}
      trigger={
        first ? (
          <IconButton label={messages.bar.addFilter} look="plain">
            <ListFilterPlus size={15} />
          </IconButton>
        ) : (
          <IconButton label={messages.bar.addFilter} size="small">
            <Plus size={14} />
          </IconButton>
        )
      }
    >
      <FilterForm
        scope={scope}
        filter={undefined}
        onDone={(filter) => {
          setOpen(false)
          changeAddress({ filters: [...scope.filters, filter] })
        }}
      />
    </Popover>
  )
}
