import { CircleCheck, CircleSlash, Eye, EyeOff, Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import { MenuItem, MenuLine } from '../components/MenuParts.tsx'
import { messages } from '../messages/messages.ts'
import type { PillProps } from './FilterPills.tsx'

const text = messages.filter

/** What can be done with a filter. */
export function PillMenu({ filter, onChange, onEdit }: PillProps) {
  const { negated, disabled, pinned } = filter
  return (
    <>
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
    </>
  )
}
