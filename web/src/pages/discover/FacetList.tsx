import { ChevronRight, CirclePlus, ListFilter, Minus, PanelLeftClose, Plus } from 'lucide-react'
import { memo, useId, useMemo, useState } from 'react'
import type { FieldSummary } from '../../../../src/ui-api/wire/fields.ts'
import type { ValueFormat } from '../../../../src/ui-api/wire/saved-object.ts'
import { refresh } from '../../app/moment.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { IconButton } from '../../components/Button.tsx'
import { FieldIcon } from '../../components/FieldIcon.tsx'
import { FieldName } from '../../components/FieldName.tsx'
import { TextField } from '../../components/Field.tsx'
import { Empty, Failure } from '../../components/Notice.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { StaleNote } from '../../components/StaleNote.tsx'
import { formatCount, formatPercent } from '../../format/number.ts'
import { formatValue } from '../../format/value.ts'
import { fieldKind } from '../../hooks/use-fields.ts'
import type { Fields } from '../../hooks/use-fields.ts'
import { messages } from '../../messages/messages.ts'
import type { FilterCondition } from '../../query/filter.ts'
import styles from './FacetList.module.css'
import { useCoverage } from './use-coverage.ts'
import { useDistribution, useFacet } from './use-facet.ts'
import type { Facet, ValueRange } from './use-facet.ts'

const text = messages.discover
/** Who looks for one of more than these types a part of its name. */
const MAX_LISTED = 300

export interface FacetListProps {
  readonly scope: PageScope
  readonly fields: Fields
  /** Whether the page has its rows: then there is time for counting. */
  readonly ready: boolean
  readonly columns: readonly string[]
  readonly onToggleColumn: (field: string) => void
  readonly onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
  readonly onHide: () => void
}

/** Every field, how many documents have it, and on a click what it holds. */
export const FacetList = memo(function FacetList({
  scope,
  fields,
  ready,
  columns,
  onToggleColumn,
  onFilter,
  onHide,
}: FacetListProps) {
  const [wanted, setWanted] = useState('')
  const coverage = useCoverage(scope, fields, ready)
  const shown = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/)
    const matching = fields.list.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    // What no document has is of little use: it goes to the end, the order stays otherwise.
    const empty = ({ name }: FieldSummary): boolean => coverage?.counts[name] === 0
    return [...matching.filter((field) => !empty(field)), ...matching.filter(empty)]
  }, [fields.list, wanted, coverage])
  const chosen = shown.filter(({ name }) => columns.includes(name))
  const rest = shown.filter(({ name }) => !columns.includes(name))
  const facet = (field: FieldSummary) => (
    <FacetItem
      key={field.name}
      scope={scope}
      field={field}
      share={
        coverage === undefined || coverage.total === 0
          ? undefined
          : (coverage.counts[field.name] ?? undefined) === undefined
            ? undefined
            : (coverage.counts[field.name] ?? 0) / coverage.total
      }
      isColumn={columns.includes(field.name)}
      onToggleColumn={onToggleColumn}
      onFilter={onFilter}
    />
  )
  return (
    <section className={styles['facets']} aria-label={text.fields}>
      <header className={styles['header']}>
        <TextField
          bare
          label={text.findField}
          placeholder={text.findField}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          className={styles['find']}
        />
        <IconButton label={text.hideFields} onClick={onHide}>
          <PanelLeftClose size={15} />
        </IconButton>
      </header>
      <div className={styles['list']} tabIndex={-1}>
        {fields.error === undefined ? null : <Failure small error={fields.error} onRetry={refresh} />}
        {fields.stale === undefined ? null : <StaleNote stale={fields.stale} zone={scope.zone} onRetry={refresh} />}
        {fields.loading ? <Skeleton lines={10} /> : null}
        {!fields.loading && shown.length === 0 && fields.error === undefined ? <Empty small title={text.noField} /> : null}
        {chosen.length === 0 ? null : (
          <>
            <h3 className={styles['title']}>{text.columns}</h3>
            <ul>{chosen.map(facet)}</ul>
          </>
        )}
        {rest.length === 0 ? null : (
          <>
            <h3 className={styles['title']}>
              {text.available} <span className={styles['count']}>{formatCount(rest.length)}</span>
            </h3>
            <ul>{rest.slice(0, MAX_LISTED).map(facet)}</ul>
            {rest.length > MAX_LISTED ? <p className={styles['more']}>{text.moreFields(rest.length - MAX_LISTED)}</p> : null}
            {fields.truncated ? <p className={styles['more']}>{text.truncatedFields(fields.list.length)}</p> : null}
          </>
        )}
      </div>
    </section>
  )
})

interface FacetItemProps {
  readonly scope: PageScope
  readonly field: FieldSummary
  /** Share of documents that have it, 0 to 1. */
  readonly share: number | undefined
  readonly isColumn: boolean
  readonly onToggleColumn: (field: string) => void
  readonly onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
}

const FacetItem = memo(function FacetItem({ scope, field, share, isColumn, onToggleColumn, onFilter }: FacetItemProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const { name, type } = field
  return (
    <li className={styles['facet']} data-empty={share === 0} data-open={open}>
      <div className={styles['head']}>
        <button type="button" className={styles['name']} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <ChevronRight size={12} className={styles['chevron']} />
          <FieldIcon type={type} />
          <FieldName name={name} />
          <span
            className={styles['share']}
            title={share === undefined ? text.coverageUnknown : text.coverage(formatPercent(share, 1))}
          >
            {share === undefined ? '' : share > 0 && share < 0.01 ? '<1%' : formatPercent(share, 0)}
          </span>
        </button>
        <IconButton
          label={isColumn ? text.removeColumn(name) : text.addColumn(name)}
          size="small"
          className={styles['add']}
          onClick={() => onToggleColumn(name)}
        >
          {isColumn ? <Minus size={14} /> : <Plus size={14} />}
        </IconButton>
      </div>
      <div id={id} hidden={!open}>
        {open ? <FacetValues scope={scope} field={field} onFilter={onFilter} /> : null}
      </div>
    </li>
  )
})

function FacetValues({ scope, field, onFilter }: Pick<FacetItemProps, 'scope' | 'field' | 'onFilter'>) {
  const { data, stale, error, retry } = useFacet(scope, field, true)
  const { name, type } = field
  const format = scope.view?.formats[name]
  if (!field.aggregatable) {
    return (
      <div className={styles['note']}>
        {fieldKind(type) === 'conflict' ? text.conflict : fieldKind(type) === 'text' ? text.textField : text.notAggregatable}
        <button type="button" className={styles['exists']} onClick={() => onFilter(name, { kind: 'exists' }, false)}>
          <ListFilter size={12} /> {text.filterExists}
        </button>
      </div>
    )
  }
  if (error !== undefined) return <Failure small error={error} onRetry={retry} />
  if (data === undefined) return <Skeleton lines={4} />
  if (data.documents === 0) return <p className={styles['note']}>{text.noValues}</p>
  const { range } = data
  // Of a measurement hardly two values are alike: how they spread says more than which are first.
  const spread = range !== undefined && data.other > data.documents / 2
  return (
    <div className={styles['values']}>
      {stale === undefined ? null : <StaleNote stale={stale} zone={scope.zone} onRetry={retry} />}
      {range === undefined ? null : (
        <dl className={styles['range']}>
          {(
            [
              [text.minimum, range.min],
              [text.average, range.avg],
              [text.maximum, range.max],
            ] as const
          ).map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{formatValue(value, format)}</dd>
            </div>
          ))}
        </dl>
      )}
      {spread ? (
        <DistributionBars scope={scope} field={name} range={range} onFilter={onFilter} />
      ) : (
        <TopValues facet={data} field={name} format={format} onFilter={onFilter} />
      )}
    </div>
  )
}

interface TopValuesProps {
  readonly facet: Facet
  readonly field: string
  readonly format: ValueFormat | undefined
  readonly onFilter: FacetItemProps['onFilter']
}

function TopValues({ facet: { top, other, documents }, field, format, onFilter }: TopValuesProps) {
  return (
    <>
      <ul>
        {top.map(({ value, text: shown, count }) => (
          <li key={shown} className={styles['value']}>
            {/* The bar is a picture of the figure beside it. */}
            <svg aria-hidden className={styles['bar']} preserveAspectRatio="none" viewBox="0 0 100 1">
              <rect width={(count / documents) * 100} height="1" />
            </svg>
            <span className={styles['text']} title={shown}>
              {shown === '' ? '""' : typeof value === 'number' && format !== undefined ? formatValue(value, format) : shown}
            </span>
            <span className={styles['figure']} title={formatCount(count)}>
              {formatPercent(count / documents, count / documents < 0.1 ? 1 : 0)}
            </span>
            <span className={styles['actions']}>
              <IconButton
                label={text.filterFor(field, shown)}
                size="small"
                onClick={() => onFilter(field, { kind: 'is', value }, false)}
              >
                <CirclePlus size={13} />
              </IconButton>
              <IconButton
                label={text.filterOut(field, shown)}
                size="small"
                onClick={() => onFilter(field, { kind: 'is', value }, true)}
              >
                <Minus size={13} />
              </IconButton>
            </span>
          </li>
        ))}
      </ul>
      {other > 0 ? <p className={styles['other']}>{text.otherValues(other)}</p> : null}
    </>
  )
}

interface DistributionBarsProps {
  readonly scope: PageScope
  readonly field: string
  readonly range: ValueRange
  readonly onFilter: FacetItemProps['onFilter']
}

/** One button a step of the range; each filters for its step. */
function DistributionBars({ scope, field, range, onFilter }: DistributionBarsProps) {
  const { data } = useDistribution(scope, field, range)
  const format = scope.view?.formats[field]
  if (data === undefined) return <Skeleton lines={2} />
  const most = Math.max(1, ...data.bars.map(({ count }) => count))
  const first = Math.floor(range.min / data.step) * data.step
  const steps = Math.max(1, Math.floor((range.max - first) / data.step) + 1)
  const counts = new Map(data.bars.map(({ from, count }) => [Math.round((from - first) / data.step), count]))
  return (
    <div className={styles['distribution']} role="group" aria-label={text.distribution}>
      {Array.from({ length: steps }, (_, at) => {
        const from = Number((first + at * data.step).toPrecision(12))
        const to = Number((first + (at + 1) * data.step).toPrecision(12))
        const count = counts.get(at) ?? 0
        const label = text.between(formatValue(from, format), formatValue(to, format), count)
        return (
          <button
            key={at}
            type="button"
            title={label}
            aria-label={label}
            disabled={count === 0}
            className={styles['step']}
            onClick={() => onFilter(field, { kind: 'range', from: String(from), to: String(to) }, false)}
          >
            <span ref={(bar) => bar?.style.setProperty('height', `${count === 0 ? 0 : Math.max(4, (count / most) * 100)}%`)} />
          </button>
        )
      })}
    </div>
  )
}
