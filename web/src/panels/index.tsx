import type { ReactNode } from 'react'
import type { JsonObject } from '../../../src/core/json.ts'
import type { EpochMillis } from '../../../src/core/time.ts'
import type { DashboardPanel } from '../../../src/ui-api/wire/dashboard.ts'
import type { SearchAnswer } from '../data/search-answer.ts'
import { tablePanel } from './data_table/type.ts'
import type { PanelData } from './frame.ts'
import { markdownPanel } from './markdown/type.ts'
import { metricPanel } from './metric/type.ts'
import type { PanelContext, PanelSearch, PanelType, PanelViewProps } from './panel-type.ts'
import { statusPanel } from './status/type.ts'
import { xyPanel } from './xy/type.ts'

/** A panel whose options were read: what a dashboard needs of it, whatever its type. */
export interface PreparedPanel {
  readonly type: string
  readonly title: string | undefined
  readonly searches: (context: PanelContext, since?: EpochMillis) => readonly PanelSearch[]
  readonly read: (answers: readonly SearchAnswer[], context: PanelContext) => PanelData
  readonly tail: {
    readonly since: (before: PanelData, context: PanelContext) => EpochMillis | undefined
    readonly merge: (before: PanelData, fresh: PanelData, since: EpochMillis, context: PanelContext) => PanelData
  }
  /** Begins to fetch what it is drawn with, while its data are still on their way. */
  readonly preload: () => void
  readonly draw: (props: Omit<PanelViewProps<unknown>, 'options'>) => ReactNode
}

interface PanelEntry {
  readonly type: string
  /** @throws PanelConfigError */
  readonly prepare: (config: JsonObject) => PreparedPanel
}

/** Every kind of panel there is. */
const panelTypes: readonly PanelEntry[] = [
  entry(metricPanel),
  entry(xyPanel),
  entry(tablePanel),
  entry(statusPanel),
  entry(markdownPanel),
]

function entry<Options>(type: PanelType<Options>): PanelEntry {
  const { View, tail } = type
  return {
    type: type.type,
    prepare(config) {
      const options = type.parse(config)
      return {
        type: type.type,
        title: type.title(options),
        searches: (context, since) => type.searches(options, context, since),
        read: (answers, context) => type.read(options, answers, context),
        tail: {
          since: (before, context) => tail?.since(options, before, context),
          merge: (before, fresh, since, context) => tail?.merge(options, before, fresh, since, context) ?? fresh,
        },
        preload: () => void View.preload().catch(() => undefined), // told where it is drawn
        draw: (props) => <View options={options} {...props} />,
      }
    },
  }
}

/** What a panel is: `config.type` of a `vis` panel, else its own type. */
export function panelTypeName({ type, config }: DashboardPanel): string {
  return type === 'vis' && typeof config['type'] === 'string' ? config['type'] : type
}

/**
 * Reads a panel's settings. `undefined` for a type that this version does not know.
 * @throws PanelConfigError
 */
export function preparePanel(panel: DashboardPanel): PreparedPanel | undefined {
  return panelTypes.find(({ type }) => type === panelTypeName(panel))?.prepare(panel.config)
}
