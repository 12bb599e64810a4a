import { inChunk } from '../../components/in-chunk.tsx'
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
  View: inChunk(async () => (await import('./Panel.tsx')).XyPanel),
}
