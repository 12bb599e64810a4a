import { Link } from '../../app/Link.tsx'
import { FrameTable } from '../FrameTable.tsx'
import { mainFrame } from '../frame.ts'
import { limitState } from '../limits.ts'
import type { PanelViewProps } from '../panel-type.ts'
import type { TableOptions } from './options.ts'

export function TablePanel({ options, data, title, documentsOf }: PanelViewProps<TableOptions>) {
  const frame = mainFrame(data)
  return (
    <FrameTable
      label={title}
      frame={frame}
      zone={data.zone}
      stateOf={(column, value) => limitState(value, options.metrics[column - options.rows.length]?.limits ?? [])}
      cellOf={(column, value) => {
        const field = options.rows[column]?.field
        return field === undefined || value === null ? undefined : <Link to={documentsOf(field, value)}>{value}</Link>
      }}
    />
  )
}
