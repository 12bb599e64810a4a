import { Eye, EyeOff, ListFilterPlus, Pencil, Pin, PinOff, Plus, Trash2, X, CircleSlash, CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useChangeAddress } from '../app/use-address.ts'
import { IconButton } from '../components/Button.tsx'
import { Menu, MenuItem, MenuLine } from '../components/Menu.tsx'
import { Popover } from '../components/Popover.tsx'
import { messages } from '../messages/messages.ts'
import { encodeFilter } from '../query/filter.ts'
import type { Filter } from '../query/filter.ts'
import { filterText } from '../query/filter-text.ts'
import { FilterForm } from './FilterForm.tsx'
import styles from './FilterPills.module.css'
import type { PageScope } from './use-scope.ts'

const text = messages.filter

export function FilterPills({ scope }: { scope: PageScope }) {
  const [editing, setEditing] = useState<number>()
  const change = useChangeAddress()
  const { filters } = scope
  const setFilters = (next: readonly Filter[]): void => change({ filters: next.length === 0 ? undefined : next })
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

/** The button that adds a filter: beside the query while there is none, else behind the last one. */
export function AddFilter({ scope }: { scope: PageScope }) {
  const [open, setOpen] = useState(false)
  const change = useChangeAddress()
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
          change({ filters: [...scope.filters, filter] })
        }}
      />
    </Popover>
  )
}

interface PillProps {
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
        <MenuItem icon={<Pencil size={14} />} onSelect={onEdit}>
          {messages.edit}
        </MenuItem>
        <MenuItem
          icon={negated ? <CircleCheck size={14} /> : <CircleSlash size={14} />}
          onSelect={() => onChange({ ...filter, negated: !negated })}
        >
          {negated ? text.include : text.exclude}
        </MenuItem>
        <MenuItem
          icon={disabled ? <Eye size={14} /> : <EyeOff size={14} />}
          onSelect={() => onChange({ ...filter, disabled: !disabled })}
        >
          {disabled ? text.enable : text.disable}
        </MenuItem>
        <MenuItem
          icon={pinned ? <PinOff size={14} /> : <Pin size={14} />}
          onSelect={() => onChange({ ...filter, pinned: !pinned })}
        >
          {pinned ? text.unpin : text.pin}
        </MenuItem>
        <MenuLine />
        <MenuItem danger icon={<Trash2 size={14} />} onSelect={() => onChange(undefined)}>
          {messages.remove}
        </MenuItem>
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
