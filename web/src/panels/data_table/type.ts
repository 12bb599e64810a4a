import { inChunk } from '../../components/in-chunk.tsx'
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
  View: inChunk(async () => (await import('./Panel.tsx')).TablePanel),
}
