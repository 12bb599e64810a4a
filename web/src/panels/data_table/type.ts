import { lazy } from 'react'
import type { PanelType } from '../panel-type.ts'
import { readTable, tableSearches } from './data.ts'
import { parseTableOptions } from './options.ts'
import type { TableOptions } from './options.ts'

export const tablePanel: PanelType<TableOptions> = {
  type: 'data_table',
  parse: parseTableOptions,
  title: ({ title }) => title,
  searches: tableSearches,
  read: readTable,
  View: lazy(() => import('./Panel.tsx').then(({ TablePanel }) => ({ default: TablePanel }))),
}
