import { matchesWildcard } from '../../core/wildcard.ts'
import type { AliasRecord } from '../../index/index-state.ts'
import { metadataOptions, resolveIndices } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { indicesOptions, nameContext, namesOf } from '../indices/names.ts'
import type { CatTable, Column } from './table.ts'

interface AliasRow {
  readonly alias: string
  readonly index: string
  readonly record: AliasRecord
}

function aliasColumns(): readonly Column<AliasRow>[] {
  return [
    { name: 'alias', aliases: ['a'], description: 'alias name', shown: true, value: ({ alias }) => alias },
    { name: 'index', aliases: ['i', 'idx'], description: 'index alias points to', shown: true, value: ({ index }) => index },
    {
      name: 'filter',
      aliases: ['f', 'fi'],
      description: 'filter',
      shown: true,
      value: ({ record }) => (record.filter ? '*' : '-'),
    },
    {
      name: 'routing.index',
      aliases: ['ri', 'routingIndex'],
      description: 'index routing',
      shown: true,
      value: ({ record }) => record.index_routing ?? '-',
    },
    {
      name: 'routing.search',
      aliases: ['rs', 'routingSearch'],
      description: 'search routing',
      shown: true,
      value: ({ record }) => record.search_routing ?? '-',
    },
    {
      name: 'is_write_index',
      aliases: ['w', 'isWriteIndex'],
      description: 'write index',
      shown: true,
      value: ({ record }) => (record.is_write_index === undefined ? '-' : String(record.is_write_index)),
    },
  ]
}

function aliasRows(request: ApiRequest, context: ApiContext): readonly AliasRow[] {
  const named = nameContext(request, context, 'indices:admin/aliases/get')
  const options = indicesOptions(request.query, { ...metadataOptions, expandHidden: true })
  // Hidden aliases are left out unless hidden things were asked for.
  const showHidden = !request.query.has('expand_wildcards') || options.expandHidden
  const patterns = namesOf(request, 'name')
  const rows: AliasRow[] = []
  for (const { index } of resolveIndices(named, [], { ...options, expandHidden: true })) {
    for (const [alias, record] of index.aliases) {
      if (patterns.length > 0 && !patterns.some((pattern) => matchesWildcard(pattern, alias))) continue
      if (record.is_hidden === true && !showHidden) continue
      rows.push({ alias, index: index.name, record })
    }
  }
  for (const [name, stream] of context.index.catalog.dataStreams) {
    for (const [alias, record] of Object.entries(stream.aliases ?? {})) {
      if (patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, alias)))
        rows.push({ alias, index: name, record })
    }
  }
  return rows.sort((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : a.index < b.index ? -1 : 1))
}

/** `_cat/aliases` */
export const aliases: CatTable<AliasRow> = { columns: aliasColumns, rows: aliasRows }
