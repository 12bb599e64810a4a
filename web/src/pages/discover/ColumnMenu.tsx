import { ArrowDownNarrowWide, ArrowLeft, ArrowRight, ArrowUpNarrowWide, X } from 'lucide-react'
import { MenuItem, MenuLine } from '../../components/MenuParts.tsx'
import { messages } from '../../messages/messages.ts'
import type { ColumnHeadProps } from './ColumnHead.tsx'
import { moved } from './moved.ts'

const text = messages.discover

export type ColumnMenuProps = Pick<ColumnHeadProps, 'field' | 'at' | 'columns' | 'sortable' | 'onSort' | 'onColumns'>

/** What can be done with a column of the table. */
export function ColumnMenu({ field, at, columns, sortable, onSort, onColumns }: ColumnMenuProps) {
  const move = (to: number): void => onColumns(moved(columns, at, to))
  return (
    <>
      <MenuItem icon={<ArrowUpNarrowWide size={14} />} disabled={!sortable} onSelect={() => onSort({ field, order: 'asc' })}>
        {text.sortAscending}
      </MenuItem>
      <MenuItem icon={<ArrowDownNarrowWide size={14} />} disabled={!sortable} onSelect={() => onSort({ field, order: 'desc' })}>
        {text.sortDescending}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<ArrowLeft size={14} />} disabled={at === 0} onSelect={() => move(at - 1)}>
        {text.moveLeft}
      </MenuItem>
      <MenuItem icon={<ArrowRight size={14} />} disabled={at === columns.length - 1} onSelect={() => move(at + 1)}>
        {text.moveRight}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<X size={14} />} onSelect={() => onColumns(columns.filter((name) => name !== field))}>
        {text.removeColumn(field)}
      </MenuItem>
    </>
  )
}
