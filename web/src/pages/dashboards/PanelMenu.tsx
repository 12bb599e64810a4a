import { ChartLine, Compass, Download, Link as LinkIcon, Maximize2, Minimize2, Table } from 'lucide-react'
import { changeAddress, goTo } from '../../app/place.ts'
import { copyText } from '../../components/copy-text.ts'
import { MenuItem, MenuLine } from '../../components/MenuParts.tsx'
import { saveBlob } from '../../components/save-blob.ts'
import { toast } from '../../components/toasts.ts'
import { messages } from '../../messages/messages.ts'
import { frameCsv } from '../../panels/frame-csv.ts'
import type { Frame } from '../../panels/frame.ts'

const text = messages.dashboards

export interface PanelMenuProps {
  readonly label: string
  readonly panelId: string
  /** `undefined` while there is no data. */
  readonly frame: Frame | undefined
  /** Discover with the panel's documents. */
  readonly discover: string
  readonly fullPage: boolean
  /** `undefined` for a panel that is not both. */
  readonly shows: 'table' | 'chart' | undefined
  readonly onToggleTable: () => void
}

/** What can be done with any panel. */
export function PanelMenu({ label, panelId, frame, discover, fullPage, shows, onToggleTable }: PanelMenuProps) {
  return (
    <>
      <MenuItem icon={<Compass size={14} />} onSelect={() => goTo(discover)}>
        {text.explore}
      </MenuItem>
      {shows === undefined ? null : (
        <MenuItem icon={shows === 'table' ? <ChartLine size={14} /> : <Table size={14} />} shortcut="t" onSelect={onToggleTable}>
          {shows === 'table' ? text.showChart : text.showTable}
        </MenuItem>
      )}
      <MenuItem
        icon={fullPage ? <Minimize2 size={14} /> : <Maximize2 size={14} />}
        onSelect={() => changeAddress({ panel: fullPage ? undefined : panelId })}
      >
        {fullPage ? text.leaveFullScreen : text.fullScreen}
      </MenuItem>
      <MenuLine />
      <MenuItem
        icon={<Download size={14} />}
        disabled={frame === undefined}
        onSelect={() => frame !== undefined && saveBlob(new Blob([frameCsv(frame)], { type: 'text/csv' }), `${label}.csv`)}
      >
        {text.csv}
      </MenuItem>
      <MenuItem
        icon={<LinkIcon size={14} />}
        onSelect={() => void copyText(panelLink(panelId)).then(() => toast(messages.linkCopied))}
      >
        {text.copyPanelLink}
      </MenuItem>
    </>
  )
}

function panelLink(id: string): string {
  const url = new URL(window.location.href)
  url.searchParams.set('panel', id)
  return url.href
}
