import { matchesWildcard } from '../../core/wildcard.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import type { CatTable, Column } from './table.ts'

interface ComponentRow {
  readonly name: string
  readonly version: number | undefined
  readonly aliases: number
  readonly mappings: number
  readonly settings: number
  readonly metadata: number
  readonly includedIn: readonly string[]
}

const componentColumns: readonly Column<ComponentRow>[] = [
  { name: 'name', aliases: ['n'], description: 'component template name', shown: true, value: ({ name }) => name },
  { name: 'version', aliases: ['v'], description: 'version', shown: true, value: ({ version }) => version },
  {
    name: 'alias_count',
    aliases: ['a'],
    description: 'alias count',
    shown: true,
    align: 'right',
    value: ({ aliases }) => aliases,
  },
  {
    name: 'mapping_count',
    aliases: ['m'],
    description: 'mapping count',
    shown: true,
    align: 'right',
    value: ({ mappings }) => mappings,
  },
  {
    name: 'settings_count',
    aliases: ['s'],
    description: 'settings count',
    shown: true,
    align: 'right',
    value: ({ settings }) => settings,
  },
  {
    name: 'metadata_count',
    aliases: ['me'],
    description: 'metadata count',
    shown: true,
    align: 'right',
    value: ({ metadata }) => metadata,
  },
  {
    name: 'included_in',
    aliases: ['i'],
    description: 'included in',
    shown: true,
    value: ({ includedIn }) => `[${includedIn.join(', ')}]`,
  },
]

function componentRows(request: ApiRequest, { index: { catalog } }: ApiContext): readonly ComponentRow[] {
  const patterns = namesOf(request, 'name')
  return [...catalog.componentTemplates.entries()]
    .filter(([name]) => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, name)))
    .map(([name, { template, version, meta }]) => ({
      name,
      version,
      aliases: Object.keys(template.aliases ?? {}).length,
      mappings: Object.keys(template.mappings ?? {}).length,
      settings: Object.keys(template.settings ?? {}).length,
      metadata: Object.keys(meta ?? {}).length,
      includedIn: [...catalog.indexTemplates.entries()]
        .filter(([, { composedOf }]) => composedOf.includes(name))
        .map(([user]) => user),
    }))
}

/** `_cat/component_templates` */
export const componentTemplates: CatTable<ComponentRow> = { columns: () => componentColumns, rows: componentRows }
