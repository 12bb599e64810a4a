import { lazy } from 'react'
import type { PanelType } from '../panel-type.ts'
import { readXy, xySearches, xyTail } from './data.ts'
import { parseXyOptions } from './options.ts'
import type { XyOptions } from './options.ts'

export const xyPanel: PanelType<XyOptions> = {
  type: 'xy',
  parse: parseXyOptions,
  title: ({ title }) => title,
  searches: xySearches,
  read: readXy,
  tail: xyTail,
  View: lazy(() => import('./Panel.tsx').then(({ XyPanel }) => ({ default: XyPanel }))),
}
