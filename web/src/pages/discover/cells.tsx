import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonValue } from '../../../../src/core/json.ts'
import type { ValueFormat } from '../../../../src/ui-api/wire/saved-object.ts'
import { StateMark } from '../../components/StateMark.tsx'
import { formatInstant } from '../../format/date.ts'
import { formatValue } from '../../format/value.ts'
import type { FieldKind } from '../../hooks/use-fields.ts'
import styles from './DocumentTable.module.css'
import { levelState } from './level.ts'
import { flatten, valueText } from './row.ts'
import type { Row } from './row.ts'

/** What cells need to know besides their document. */
export interface CellContext {
  readonly zone: string
  readonly timeField: string
  /** There is no time to show: rows begin with their ids. */
  readonly timeless: boolean
  readonly levelField: string | undefined
  readonly formats: Readonly<Record<string, ValueFormat>>
  readonly kindOf: (field: string) => FieldKind | undefined
}

/** Pairs in a summary: more do not fit into a line of any screen. */
const SUMMARY_PAIRS = 24
/** Longer values are cut in a cell; the document has all of them. */
const CELL_CHARACTERS = 300

export function TimeCell({ row, context }: { row: Row; context: CellContext }) {
  return (
    <div role="gridcell" className={styles['time']}>
      {context.timeless ? row.id : Number.isNaN(row.time) ? '–' : formatInstant(row.time, context.zone)}
    </div>
  )
}

export function DocumentCell({ row, field, context }: { row: Row; field: string; context: CellContext }) {
  const values = row.values(field)
  const numeric = context.kindOf(field) === 'number'
  return (
    <div role="gridcell" data-cell={field} className={numeric ? styles['number'] : styles['cell']}>
      {values.length === 0 ? (
        <span className={styles['missing']}>–</span>
      ) : (
        <Values field={field} values={values} context={context} />
      )}
    </div>
  )
}

function Values({ field, values, context }: { field: string; values: readonly JsonValue[]; context: CellContext }) {
  if (field === context.levelField && typeof values[0] === 'string') {
    const state = levelState(values[0])
    if (state !== undefined) return <StateMark state={state}>{values.map(valueText).join(', ')}</StateMark>
  }
  return (
    <>
      {values
        .map((value) => cellText(field, value, context))
        .join(', ')
        .slice(0, CELL_CHARACTERS)}
    </>
  )
}

/** A value in its field's format: numbers with units, dates in the reader's zone. */
export function cellText(field: string, value: JsonValue, { formats, kindOf, zone }: CellContext): string {
  const format = formats[field]
  if (typeof value === 'number' && format !== undefined) return formatValue(value, format)
  if (kindOf(field) === 'date') {
    const instant = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
    if (!Number.isNaN(instant)) return formatInstant(instant, zone)
  }
  if (isJsonObject(value) && isWhole(field, { kindOf }) && 'lat' in value && 'lon' in value)
    return `${valueText(value['lat'] ?? null)}, ${valueText(value['lon'] ?? null)}`
  return valueText(value)
}

/** Whether a field's value is one even where it is an object. */
export const isWhole = (field: string, { kindOf }: Pick<CellContext, 'kindOf'>): boolean => kindOf(field) === 'geo'

/** Everything in a document on one line: the message first, then field by field. */
export function SummaryCell({ row, context }: { row: Row; context: CellContext }) {
  const fields = flatten(row.document, (field) => isWhole(field, context))
  fields.delete(context.timeField)
  const message = fields.get('message')?.map(valueText).join(' ')
  fields.delete('message')
  return (
    <div role="gridcell" className={styles['summary']}>
      {message === undefined ? null : <span className={styles['message']}>{message.slice(0, CELL_CHARACTERS)}</span>}
      {[...fields].slice(0, SUMMARY_PAIRS).map(([field, values]) => (
        <span key={field} className={styles['pair']}>
          <span className={styles['key']}>{field}</span>{' '}
          {values
            .map((value) => cellText(field, value, context))
            .join(', ')
            .slice(0, CELL_CHARACTERS)}
        </span>
      ))}
    </div>
  )
}
