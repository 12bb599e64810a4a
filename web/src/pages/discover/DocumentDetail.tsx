import { ChevronDown, ChevronUp, Link as LinkIcon, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { PageScope } from '../../bar/use-scope.ts'
import { IconButton } from '../../components/Button.tsx'
import { copyText } from '../../components/copy-text.ts'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Tabs } from '../../components/Tabs.tsx'
import { toast } from '../../components/toasts.ts'
import { formatInstantLong } from '../../format/date.ts'
import type { Fields } from '../../hooks/use-fields.ts'
import { messages } from '../../messages/messages.ts'
import type { FilterCondition } from '../../query/filter.ts'
import type { CellContext } from './cells.tsx'
import { DetailFields } from './DetailFields.tsx'
import styles from './DocumentDetail.module.css'
import { JsonView, prettyJson } from './JsonView.tsx'
import type { Row } from './row.ts'
import { Surrounding } from './Surrounding.tsx'

const text = messages.detail

export interface DocumentDetailProps {
  readonly scope: PageScope
  readonly fields: Fields
  readonly row: Row
  readonly cells: CellContext
  readonly columns: readonly string[]
  readonly onToggleColumn: (field: string) => void
  readonly onFilter: (field: string, condition: FilterCondition, negated: boolean) => void
  /** To the document `step` rows further; absent at the ends. */
  readonly onStep: (step: -1 | 1) => void
  readonly onOpen: (row: Row) => void
  readonly onClose: () => void
}

/** One document beside the table: its fields, its JSON, and what was stored around it. */
export function DocumentDetail({
  scope,
  fields,
  row,
  cells,
  columns,
  onToggleColumn,
  onFilter,
  onStep,
  onOpen,
  onClose,
}: DocumentDetailProps) {
  const [tab, setTab] = useState('fields')
  const heading = useRef<HTMLHeadingElement>(null)
  // The reader came here from a row: the screen reader should follow, and Escape should go back there.
  useEffect(() => heading.current?.focus(), [])
  return (
    <aside
      className={styles['detail']}
      aria-label={text.title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <header className={styles['header']}>
        <div className={styles['title']}>
          <h2 ref={heading} tabIndex={-1}>
            {Number.isNaN(row.time) ? text.title : formatInstantLong(row.time, scope.zone)}
          </h2>
          <p>
            {row.index} <span>/</span> {row.id}
          </p>
        </div>
        <IconButton label={text.previous} size="small" onClick={() => onStep(-1)}>
          <ChevronUp size={15} />
        </IconButton>
        <IconButton label={text.next} size="small" onClick={() => onStep(1)}>
          <ChevronDown size={15} />
        </IconButton>
        <IconButton
          label={text.copyLink}
          size="small"
          onClick={() => void copyText(window.location.href).then(() => toast(messages.linkCopied))}
        >
          <LinkIcon size={14} />
        </IconButton>
        <IconButton label={text.close} size="small" onClick={onClose}>
          <X size={15} />
        </IconButton>
      </header>
      <Tabs
        label={text.title}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'fields',
            label: text.fields,
            content: (
              <DetailFields
                row={row}
                fields={fields}
                cells={cells}
                columns={columns}
                onToggleColumn={onToggleColumn}
                onFilter={onFilter}
              />
            ),
          },
          { value: 'json', label: text.json, content: <JsonView source={row.source} /> },
          {
            value: 'around',
            label: text.around,
            content:
              tab === 'around' ? <Surrounding scope={scope} row={row} cells={cells} fields={fields} onOpen={onOpen} /> : null,
          },
        ]}
      >
        <CopyButton text={prettyJson(row.source)} label={text.copyJson} />
      </Tabs>
    </aside>
  )
}
