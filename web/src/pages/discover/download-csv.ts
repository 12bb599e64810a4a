import { pageQuery } from '../../bar/page-query.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import type { Sort } from '../../app/address.ts'
import { saveBlob } from '../../components/save-blob.ts'
import { send } from '../../data/http.ts'
import { sortClauses } from './sort-clauses.ts'

/** Saves the documents that the page is about as a CSV file: the columns that are shown, or `fields`. */
export async function downloadCsv(scope: PageScope, sort: Sort, fields: readonly string[]): Promise<void> {
  const { view, interval } = scope
  const time = view?.timeless === true ? [] : [view?.timeField ?? '@timestamp']
  const body = {
    index: view?.index ?? '*',
    query: pageQuery(scope),
    sort: sortClauses(sort),
    columns: [...time, ...fields.filter((field) => !time.includes(field))],
  }
  const response = await send('POST', '/_ui/csv', { body })
  saveBlob(
    await response.blob(),
    `${view?.title ?? 'elkhorn'} ${new Date(interval.to).toISOString().slice(0, 16).replaceAll(':', '')}.csv`,
  )
}
