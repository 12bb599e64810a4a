import { CirclePlus, Columns3, ListFilter, Minus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { IconButton } from '../../components/Button.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { FieldIcon } from '../../components/FieldIcon.tsx'
import { FieldName } from '../../components/FieldName.tsx'
import { TextField } from '../../components/Field.tsx'
import { LongText } from '../../components/LongText.tsx'
import { Empty } from '../../components/Notice.tsx'
import type { Fields } from '../../hooks/use-fields.ts'
import { messages } from '../../messages/messages.ts'
import type { FilterCondition, FilterValue } from '../../query/filter.ts'
import { cellText, isWhole } from './cells.tsx'
import type { CellContext } from './cells.tsx'
import styles from './DocumentDetail.module.css'
import { flatten, valueText } from './row.ts'
import type { Row } from './row.ts'

/** Longer values are shown in part. */
const MAX_CHARACTERS = 5000
/** Of a value, in the name of a button. */
const MAX_NAMED = 100
/** Who looks for one of more than these types a part of its name or value. */
const MAX_FIELDS = 500

export interface DetailFieldsProps {
  readonly row: Row
  readonly fields: Fields
  readonly cells: CellContext
  readonly columns: readonly string[]
  readonly onToggleColumn: (field: string) => void
  readonly onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
}

export function DetailFields({ row, fields, cells, columns, onToggleColumn, onFilter }: DetailFieldsProps) {
  const [wanted, setWanted] = useState('')
  const entries = useMemo(
    () => [...flatten(row.document, (field) => isWhole(field, cells))].sort(([a], [b]) => a.localeCompare(b)),
    [row, cells],
  )
  const needle = wanted.toLowerCase()
  const shown = entries.filter(
    ([field, values]) =>
      field.toLowerCase().includes(needle) || values.some((value) => valueText(value).toLowerCase().includes(needle)),
  )
  const { detail, discover } = messages
  return (
    <>
      <TextField
        bare
        label={detail.findField}
        placeholder={detail.findField}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        className={styles['find']}
      />
      {shown.length === 0 ? <Empty small title={discover.noField} /> : null}
      <dl className={styles['table']}>
        {shown.slice(0, MAX_FIELDS).map(([field, values]) => {
          const [value] = values
          const filterable = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          const filter = (negated: boolean) => () => onFilter(field, { kind: 'is', value: value as FilterValue }, negated)
          const shownText = values.map((each) => cellText(field, each, cells)).join('\n')
          const named = shownText.slice(0, MAX_NAMED)
          return (
            <div key={field} tabIndex={-1} className={styles['entry']}>
              <dt className={styles['name']}>
                <FieldIcon type={fields.find(field)?.type} />
                <FieldName name={field} />
              </dt>
              <dd className={styles['value']}>
                <LongText text={shownText} maxCharacters={MAX_CHARACTERS} />
              </dd>
              <dd className={styles['actions']}>
                {filterable ? (
                  <>
                    <IconButton label={discover.filterFor(field, named)} size="small" onClick={filter(false)}>
                      <CirclePlus size={13} />
                    </IconButton>
                    <IconButton label={discover.filterOut(field, named)} size="small" onClick={filter(true)}>
                      <Minus size={13} />
                    </IconButton>
                  </>
                ) : null}
                <IconButton label={discover.filterExists} size="small" onClick={() => onFilter(field, { kind: 'exists' }, false)}>
                  <ListFilter size={13} />
                </IconButton>
                <IconButton
                  label={columns.includes(field) ? discover.removeColumn(field) : discover.addColumn(field)}
                  size="small"
                  aria-pressed={columns.includes(field)}
                  onClick={() => onToggleColumn(field)}
                >
                  <Columns3 size={13} />
                </IconButton>
                <CopyButton text={values.map(valueText).join('\n')} label={detail.copyValue} />
              </dd>
            </div>
          )
        })}
      </dl>
      {shown.length > MAX_FIELDS ? <p className={styles['more']}>{discover.moreFields(shown.length - MAX_FIELDS)}</p> : null}
    </>
  )
}
