import { inChunk } from '../../components/in-chunk.tsx'
import type { PanelType } from '../panel-type.ts'
import { readStatus, statusSearches } from './data.ts'
import { parseStatusOptions } from './options.ts'
import type { StatusOptions } from './options.ts'

export const statusPanel: PanelType<StatusOptions> = {
  type: 'status',
  parse: parseStatusOptions,
  title: ({ title }) => title,
  searches: statusSearches,
  read: readStatus,
  View: inChunk(async () => (await import('./Panel.tsx')).StatusPanel),
}
