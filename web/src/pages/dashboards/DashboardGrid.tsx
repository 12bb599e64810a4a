import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { CSSProperties, ReactNode } from 'react'
import type { Dashboard, DashboardPanel, DashboardSection } from '../../../../src/ui-api/wire/dashboard.ts'
import { isSection } from '../../../../src/ui-api/wire/dashboard.ts'
import { messages } from '../../messages/messages.ts'
import styles from './DashboardGrid.module.css'

/** Panels where their grid says; on a phone one below the other. */
export function DashboardGrid({ dashboard, draw }: { dashboard: Dashboard; draw: (panel: DashboardPanel) => ReactNode }) {
  // Sections take a row of the outer grid: what stands between two of them is a grid of its own.
  const blocks = blocksOf(dashboard)
  return (
    <div className={styles['blocks']}>
      {blocks.map((block) =>
        'panels' in block ? (
          <Section key={block.id} section={block} draw={draw} />
        ) : (
          <Panels key={`from ${block.from}`} panels={block.list} draw={draw} />
        ),
      )}
    </div>
  )
}

interface LoosePanels {
  readonly from: number
  readonly list: readonly DashboardPanel[]
}

function blocksOf({ panels }: Dashboard): (LoosePanels | DashboardSection)[] {
  const sections = panels.filter(isSection).sort((a, b) => a.grid.y - b.grid.y)
  const loose = panels.filter((entry) => !isSection(entry)).map((entry) => entry as DashboardPanel)
  const blocks: (LoosePanels | DashboardSection)[] = []
  let from = 0
  for (const section of [...sections, undefined]) {
    const to = section?.grid.y ?? Number.POSITIVE_INFINITY
    const list = loose.filter(({ grid }) => grid.y >= from && grid.y < to)
    if (list.length > 0) blocks.push({ from, list })
    if (section !== undefined) blocks.push(section)
    from = to
  }
  return blocks
}

/** On a phone these are as high as what they hold: nothing to scroll within a page that scrolls. */
const flows = ({ type, config }: DashboardPanel): boolean => type === 'markdown' || config['layout'] === 'tiles'

function Section({ section, draw }: { section: DashboardSection; draw: (panel: DashboardPanel) => ReactNode }) {
  const [open, setOpen] = useState(section.collapsed !== true)
  const { title } = section
  return (
    <section aria-label={title}>
      <h2 className={styles['sectionTitle']}>
        <button
          type="button"
          aria-expanded={open}
          title={open ? messages.dashboards.foldSection(title) : messages.dashboards.unfoldSection(title)}
          onClick={() => setOpen(!open)}
        >
          <ChevronRight size={15} className={styles['chevron']} data-open={open} />
          {title}
        </button>
      </h2>
      {open ? <Panels panels={section.panels} draw={draw} /> : null}
    </section>
  )
}

function Panels({ panels, draw }: { panels: readonly DashboardPanel[]; draw: (panel: DashboardPanel) => ReactNode }) {
  const top = Math.min(...panels.map(({ grid }) => grid.y))
  const ordered = [...panels].sort((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x)
  return (
    <div className={styles['grid']}>
      {ordered.map((panel) => {
        const { x, y, w, h } = panel.grid
        const place = { '--x': x + 1, '--y': y - top + 1, '--w': w, '--h': h } as CSSProperties
        return (
          <div key={panel.id} className={styles['place']} data-wide={w >= 16 || h >= 8} data-flows={flows(panel)} style={place}>
            {draw(panel)}
          </div>
        )
      })}
    </div>
  )
}
