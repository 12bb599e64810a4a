import type { PageScope } from '../../bar/use-scope.ts'
import type { Sort } from '../../app/address.ts'
import { saveBlob } from '../../components/save-blob.ts'
import { send } from '../../data/http.ts'
import { scopeQuery } from '../../query/search-body.ts'

/** Saves the documents that the page is about as a CSV file: the columns that are shown, or `fields`. */
export async function downloadCsv(
  { view, interval, query, language, filters }: PageScope,
  sort: Sort,
  fields: readonly string[],
): Promise<void> {
  const timeField = view?.timeField ?? '@timestamp'
  const body = {
    index: view?.index ?? '*',
    query: scopeQuery({ interval, timeField, queries: [{ language, expression: query }], filters }),
    sort: [{ [sort.field]: sort.order }, { _doc: 'asc' }],
    columns: [timeField, ...fields.filter((field) => field !== timeField)],
  }
  const response = await send('POST', '/_ui/csv', { body })
  saveBlob(
    await response.blob(),
    `${view?.title ?? 'elkhorn'} ${new Date(interval.to).toISOString().slice(0, 16).replaceAll(':', '')}.csv`,
  )
}
