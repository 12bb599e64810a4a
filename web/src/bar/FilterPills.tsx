import { Pin, X } from 'lucide-react'
import { useState } from 'react'
import { changeAddress } from '../app/place.ts'
import { IconButton } from '../components/Button.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { Menu } from '../components/Menu.tsx'
import { Popover } from '../components/Popover.tsx'
import { messages } from '../messages/messages.ts'
import { encodeFilter } from '../query/filter.ts'
import type { Filter } from '../query/filter.ts'
import { filterText } from '../query/filter-text.ts'
import { AddFilter, FilterForm } from './AddFilter.tsx'
import styles from './FilterPills.module.css'
import type { PageScope } from './use-scope.ts'

const text = messages.filter
const PillMenu = inChunk(async () => (await import('./PillMenu.tsx')).PillMenu)

export function FilterPills({ scope }: { scope: PageScope }) {
  const [editing, setEditing] = useState<number>()
  const { filters } = scope
  const setFilters = (next: readonly Filter[]): void => changeAddress({ filters: next.length === 0 ? undefined : next })
  const replace = (at: number, filter: Filter | undefined): void =>
    setFilters(
      filter === undefined
        ? filters.filter((_, other) => other !== at)
        : filters.map((before, other) => (other === at ? filter : before)),
    )

  return (
    <div className={styles['pills']} role="group" aria-label={messages.bar.filters}>
      {filters.map((filter, at) =>
        editing === at ? (
          <Popover
            key={`editing ${at}`}
            open
            label={text.editTitle}
            onOpenChange={() => setEditing(undefined)}
            trigger={<span className={styles['pill']}>{filterText(filter).field}</span>}
          >
            <FilterForm
              scope={scope}
              filter={filter}
              onDone={(next) => {
                setEditing(undefined)
                replace(at, next)
              }}
            />
          </Popover>
        ) : (
          <Pill key={encodeFilter(filter)} filter={filter} onChange={(next) => replace(at, next)} onEdit={() => setEditing(at)} />
        ),
      )}
      <AddFilter scope={scope} />
    </div>
  )
}

export interface PillProps {
  readonly filter: Filter
  readonly onChange: (filter: Filter | undefined) => void
  readonly onEdit: () => void
}

function Pill({ filter, onChange, onEdit }: PillProps) {
  const { field, rest } = filterText(filter)
  const { negated, disabled, pinned } = filter
  return (
    <span className={styles['pill']} data-negated={negated} data-disabled={disabled}>
      <Menu
        trigger={
          <button
            type="button"
            className={styles['name']}
            aria-label={text.menu(`${field} ${rest}${disabled ? `, ${text.off}` : ''}${pinned ? `, ${text.pinned}` : ''}`)}
          >
            {pinned ? <Pin size={12} className={styles['pin']} /> : null}
            <span className={styles['field']}>{field}</span>
            <span className={styles['rest']}>{rest}</span>
          </button>
        }
      >
        <PillMenu filter={filter} onChange={onChange} onEdit={onEdit} />
      </Menu>
      <IconButton
        label={text.removeNamed(`${field} ${rest}`)}
        size="small"
        className={styles['remove']}
        onClick={() => onChange(undefined)}
      >
        <X size={13} />
      </IconButton>
    </span>
  )
}
