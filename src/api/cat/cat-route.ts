import type { ClusterAction, IndexAction } from '../../core/actions.ts'
import type { ApiContext } from '../api-context.ts'
import { chooseFormat } from '../http/media-type.ts'
import type { Answer, Route } from '../http/route.ts'
import { NAMES_PARAMS } from '../indices/names.ts'
import { CAT_PARAMS, printTable, type CatTable } from './table.ts'

/** The endpoint of a table. */
export function catRoute<Row>(
  paths: readonly string[],
  action: IndexAction | ClusterAction,
  table: CatTable<Row>,
  params: readonly string[] = [],
): Route<ApiContext> {
  return {
    methods: ['GET'],
    paths,
    action,
    params: [...CAT_PARAMS, ...NAMES_PARAMS, ...params],
    plain: true,
    handler: async (request, context): Promise<Answer> => {
      const isHelp = request.query.boolean('help', false)
      const rows = isHelp ? [] : await table.rows(request, context)
      const isText = chooseFormat(request.header('accept'), request.query.text('format'), true).kind === 'text'
      return printTable(table.columns(request), rows, request.query, isText)
    },
  }
}
