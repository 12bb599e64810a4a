import { useQuery } from '@tanstack/react-query'
import type { CoverageAnswer } from '../../../../src/ui-api/wire/fields.ts'
import { pageQuery } from '../../bar/page-query.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { loadCoverage } from '../../data/api.ts'
import type { Fields } from '../../hooks/use-fields.ts'

/** Counted with one search; what lies behind is shown without a figure. */
const MAX_COUNTED = 200
/** While documents stream in, shares hardly change: they are counted again this often. */
const RECOUNT_MS = 30_000

/** In how many of the documents each field has a value; asked for after the page has its rows. */
export function useCoverage(scope: PageScope, fields: Fields, ready: boolean): CoverageAnswer | undefined {
  const { view, interval, query, language, filters, live, problem } = scope
  const names = fields.list
    .filter(({ searchable }) => searchable)
    .slice(0, MAX_COUNTED)
    .map(({ name }) => name)
  const moment = live ? Math.floor(interval.to / RECOUNT_MS) : interval
  const { data } = useQuery({
    queryKey: ['coverage', view?.index, moment, query, language, filters, names],
    queryFn: ({ signal }) => {
      const dsl = pageQuery(scope)
      return loadCoverage({ index: view?.index ?? '*', query: dsl, fields: names }, signal)
    },
    enabled: ready && view !== undefined && names.length > 0 && problem === undefined,
    placeholderData: (before) => before,
    retry: false,
  })
  return data
}
