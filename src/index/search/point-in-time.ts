import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { readObject, text } from '../../query/dsl/reading.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import type { IndexContext } from '../index-context.ts'
import { searchOptions } from '../names/resolve-names.ts'
import { checkStillThere, limitsOf, readKeepAlive } from './scroll.ts'
import { searchPage, type SearchPrinting } from './search.ts'

/**
 * A search of what a point in time has kept; it lives on for as long as the request says. Sorted hits end in a value that
 * tells all documents apart, for `search_after`.
 * @throws ElkhornError `search_context_missing_exception` (404)
 */
export async function searchPointInTime(
  context: IndexContext,
  access: IndexAccess,
  request: SearchRequest,
  printing: SearchPrinting,
  signal: AbortSignal,
): Promise<string> {
  const read = readObject(
    request.raw.pit ?? null,
    { node: {}, key: 'pit', owner: 'pit' },
    { id: text, keep_alive: text },
    'object',
  )
  if (read.id === undefined) throw illegalArgument('Required one of fields [id], but none were specified. ')
  const keepAliveMs = read.keep_alive === undefined ? undefined : readKeepAlive(read.keep_alive, 'keep_alive')
  const { maxKeepAliveMs } = limitsOf(context, 'pit')
  const reader = context.readers.pits.use(read.id, access.principal.name, keepAliveMs, maxKeepAliveMs)
  checkStillThere(context, reader)
  const tie = request.sort.length === 0 ? 'none' : 'shown'
  const where = { names: [], options: searchOptions, action: 'indices:data/read/search', opened: reader.searched } as const
  const answer = await searchPage(context, access, { ...where, page: { reader, tie } }, request, printing, signal)
  return `{"pit_id":"${reader.id}",${answer.text.slice(1)}`
}
