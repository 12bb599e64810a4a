import { lazy } from 'react'
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
  View: lazy(() => import('./Panel.tsx').then(({ StatusPanel }) => ({ default: StatusPanel }))),
}
