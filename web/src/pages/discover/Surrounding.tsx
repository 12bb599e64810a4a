import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { Button } from '../../components/Button.tsx'
import { SelectField } from '../../components/Field.tsx'
import { Failure } from '../../components/Notice.tsx'
import { Skeleton } from '../../components/Skeleton.tsx'
import { search } from '../../data/search.ts'
import { formatOffset } from '../../format/date.ts'
import { fieldKind } from '../../hooks/use-fields.ts'
import type { Fields } from '../../hooks/use-fields.ts'
import { messages } from '../../messages/messages.ts'
import { SummaryCell } from './cells.tsx'
import type { CellContext } from './cells.tsx'
import { flatten, Row } from './row.ts'
import styles from './Surrounding.module.css'

const text = messages.detail
const STEP = 8

export interface SurroundingProps {
  readonly scope: PageScope
  readonly row: Row
  readonly cells: CellContext
  readonly fields: Fields
  readonly onOpen: (row: Row) => void
}

/** What was stored just before and after a document, whatever the page's query is. */
export function Surrounding({ scope, row, cells, fields, onOpen }: SurroundingProps) {
  const [same, setSame] = useState('')
  const [earlier, setEarlier] = useState(STEP)
  const [later, setLater] = useState(STEP)
  const after = useNeighbours(scope, row, same, 'asc', later)
  const before = useNeighbours(scope, row, same, 'desc', earlier)
  // Fields whose value a document shares with others: identifiers, not measurements.
  const keywords = [...flatten(row.document).keys()].filter((name) => {
    const field = fields.find(name)
    return field !== undefined && fieldKind(field.type) === 'keyword'
  })
  const error = after.error ?? before.error
  return (
    <div className={styles['around']}>
      <p className={styles['hint']}>{text.aroundHint}</p>
      <SelectField
        label={text.sameField}
        value={same}
        options={[{ value: '', label: text.anyDocument }, ...keywords.map((name) => ({ value: name, label: name }))]}
        onChange={setSame}
      />
      {error === null ? null : <Failure small error={error} />}
      <Button size="small" look="quiet" onClick={() => setLater(later + STEP)}>
        {text.moreLater}
      </Button>
      <ol className={styles['list']}>
        {after.data === undefined ? (
          <Skeleton lines={5} />
        ) : (
          after.data
            .toReversed()
            .map((other) => <Neighbour key={other.key} row={other} anchor={row} cells={cells} onOpen={onOpen} />)
        )}
        <li className={styles['anchor']} aria-current="true">
          <span className={styles['offset']}>{text.thisOne}</span>
          <SummaryCell row={row} context={cells} />
        </li>
        {before.data === undefined ? (
          <Skeleton lines={5} />
        ) : (
          before.data.map((other) => <Neighbour key={other.key} row={other} anchor={row} cells={cells} onOpen={onOpen} />)
        )}
      </ol>
      <Button size="small" look="quiet" onClick={() => setEarlier(earlier + STEP)}>
        {text.moreEarlier}
      </Button>
    </div>
  )
}

function Neighbour({ row, anchor, cells, onOpen }: { row: Row; anchor: Row; cells: CellContext; onOpen: (row: Row) => void }) {
  return (
    <li>
      <button type="button" className={styles['neighbour']} onClick={() => onOpen(row)}>
        <span className={styles['offset']}>{formatOffset(row.time - anchor.time)}</span>
        <SummaryCell row={row} context={cells} />
      </button>
    </li>
  )
}

/** Documents on one side of an anchor, the nearest first. Those of the very same time come on the later side. */
function useNeighbours({ view }: PageScope, anchor: Row, same: string, order: 'asc' | 'desc', size: number) {
  const timeField = view?.timeField ?? '@timestamp'
  return useQuery({
    queryKey: ['neighbours', view?.index, anchor.key, same, order, size],
    queryFn: async ({ signal }) => {
      const { hits } = await search(view?.index ?? '*', neighboursBody(anchor, timeField, same, order, size), signal)
      return hits
        .map((hit) => new Row(hit, timeField, true))
        .filter(({ key }) => key !== anchor.key)
        .slice(0, size)
    },
    enabled: view !== undefined && !Number.isNaN(anchor.time),
    placeholderData: (before) => before,
  })
}

function neighboursBody(anchor: Row, timeField: string, same: string, order: 'asc' | 'desc', size: number): JsonObject {
  const side = order === 'asc' ? { gte: anchor.time } : { lt: anchor.time }
  const [value] = same === '' ? [] : anchor.values(same)
  const sameClause =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [{ match_phrase: { [same]: value } }]
      : []
  return {
    size: size + 1, // the anchor itself may be among them
    track_total_hits: false,
    query: { bool: { filter: [{ range: { [timeField]: { ...side, format: 'epoch_millis' } } }, ...sameClause] } },
    sort: [{ [timeField]: { order } }],
  }
}
