import { matchesWildcard } from '../../core/wildcard.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import type { CatTable, Column } from './table.ts'

interface TemplateRow {
  readonly name: string
  readonly patterns: readonly string[]
  readonly order: number | undefined
  readonly version: number | undefined
  readonly composedOf: readonly string[] | undefined
}

const templateColumns: readonly Column<TemplateRow>[] = [
  { name: 'name', aliases: ['n'], description: 'template name', shown: true, value: ({ name }) => name },
  {
    name: 'index_patterns',
    aliases: ['t'],
    description: 'template index patterns',
    shown: true,
    value: ({ patterns }) => `[${patterns.join(', ')}]`,
  },
  {
    name: 'order',
    aliases: ['o', 'p'],
    description: 'template application order/priority number',
    shown: true,
    value: ({ order }) => order,
  },
  { name: 'version', aliases: ['v'], description: 'version', shown: true, value: ({ version }) => version },
  {
    name: 'composed_of',
    aliases: ['c'],
    description: 'component templates comprising index template',
    shown: true,
    value: ({ composedOf }) => (composedOf ? `[${composedOf.join(', ')}]` : ''),
  },
]

function templateRows(request: ApiRequest, { index: { catalog } }: ApiContext): readonly TemplateRow[] {
  const patterns = namesOf(request, 'name')
  const wants = (name: string): boolean => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, name))
  const legacy = [...catalog.legacyTemplates.entries()].map(([name, { indexPatterns, order, version }]) => ({
    name,
    patterns: indexPatterns,
    order,
    version,
    composedOf: undefined,
  }))
  const composable = [...catalog.indexTemplates.entries()].map(([name, { indexPatterns, priority, version, composedOf }]) => ({
    name,
    patterns: indexPatterns,
    order: priority ?? 0,
    version,
    composedOf,
  }))
  return [...legacy, ...composable].filter(({ name }) => wants(name))
}

/** `_cat/templates` */
export const templates: CatTable<TemplateRow> = { columns: () => templateColumns, rows: templateRows }
