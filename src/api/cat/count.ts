import { searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { requestIndices } from '../indices/names.ts'
import type { CatTable, Column } from './table.ts'

interface CountRow {
  readonly now: number
  readonly count: number
}

function countColumns(): readonly Column<CountRow>[] {
  return [
    {
      name: 'epoch',
      aliases: ['t', 'time'],
      description: 'seconds since 1970-01-01 00:00:00, that the count was executed',
      shown: true,
      value: ({ now }) => Math.floor(now / 1000),
    },
    {
      name: 'timestamp',
      aliases: ['ts', 'hms'],
      description: 'time that the count was executed',
      shown: true,
      value: ({ now }) => new Date(now).toISOString().slice(11, 19),
    },
    {
      name: 'count',
      aliases: ['dc', 'docs.count', 'docsCount'],
      description: 'the document count',
      shown: true,
      value: ({ count }) => count,
    },
  ]
}

async function countRows(request: ApiRequest, context: ApiContext): Promise<readonly CountRow[]> {
  const indices = requestIndices(request, context, 'indices:data/read/search', searchOptions)
  const targets = indices.map((index) => ({ schema: index, query: { kind: 'all' } as const }))
  const count = await context.index.engine.count(targets, request.signal)
  return [{ now: context.index.clock.now(), count }]
}

/** `_cat/count` */
export const count: CatTable<CountRow> = { columns: countColumns, rows: countRows }
