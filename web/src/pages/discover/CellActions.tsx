import { CirclePlus, Copy, Minus } from 'lucide-react'
import { copyText } from '../../components/copy-text.ts'
import { toast } from '../../components/toasts.ts'
import { messages } from '../../messages/messages.ts'
import type { FilterCondition, FilterValue } from '../../query/filter.ts'
import styles from './DocumentTable.module.css'
import { valueText } from './row.ts'
import type { Row } from './row.ts'

export interface PointedCell {
  readonly row: Row
  readonly column: string
  /** In the scrolled content, pixels. */
  readonly top: number
  readonly right: number
  readonly height: number
}

/** What a pointer can do with a cell; one for the whole table, wherever the pointer is. The keyboard has it in the document. */
export function CellActions({
  cell,
  onFilter,
}: {
  cell: PointedCell
  onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
}) {
  const { row, column, top, right, height } = cell
  const [value] = row.values(column)
  const filterable = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const filter = (negated: boolean) => (): void => {
    onFilter(column, value === undefined ? { kind: 'exists' } : { kind: 'is', value: value as FilterValue }, negated)
  }
  const text = messages.discover
  return (
    <div data-actions aria-hidden className={styles['actions']} style={{ top, left: right, height }}>
      {filterable ? (
        <>
          <button type="button" tabIndex={-1} title={text.filterForShort} onClick={filter(false)}>
            <CirclePlus size={13} />
          </button>
          <button type="button" tabIndex={-1} title={text.filterOutShort} onClick={filter(true)}>
            <Minus size={13} />
          </button>
        </>
      ) : null}
      <button
        type="button"
        tabIndex={-1}
        title={messages.copy}
        onClick={() => void copyText(row.values(column).map(valueText).join(', ')).then(() => toast(messages.copied))}
      >
        <Copy size={13} />
      </button>
    </div>
  )
}
