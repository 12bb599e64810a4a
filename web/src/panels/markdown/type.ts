import { readOptionalText } from '../config-reader.ts'
import { inChunk } from '../../components/in-chunk.tsx'
import type { PanelType } from '../panel-type.ts'

export interface MarkdownOptions {
  readonly title: string | undefined
  readonly content: string
}

export const markdownPanel: PanelType<MarkdownOptions> = {
  type: 'markdown',
  parse: (config) => ({
    title: readOptionalText(config['title'], 'title'),
    content: typeof config['content'] === 'string' ? config['content'] : '',
  }),
  title: ({ title }) => title,
  searches: () => [],
  read: (_options, _answers, { zone, interval }) => ({ frames: [], zone, partial: false, cut: 0, wholeAt: interval.to }),
  View: inChunk(async () => (await import('./Panel.tsx')).MarkdownPanel),
}
