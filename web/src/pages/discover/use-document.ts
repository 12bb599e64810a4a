import { useQuery } from '@tanstack/react-query'
import { search } from '../../data/search.ts'
import { Row } from './row.ts'

/** The open document: a row of the table, or, behind a link, one that is fetched. */
export function useDocument(key: string | undefined, rows: readonly Row[], timeField: string): Row | undefined {
  const known = key === undefined ? undefined : rows.find((row) => row.key === key)
  const slash = key?.indexOf('/') ?? -1
  const { data } = useQuery({
    queryKey: ['document', key],
    queryFn: async ({ signal }) => {
      const { hits } = await search(
        key?.slice(0, slash) ?? '',
        { size: 1, query: { ids: { values: [key?.slice(slash + 1) ?? ''] } } },
        signal,
      )
      return hits[0] === undefined ? null : new Row(hits[0], timeField, false)
    },
    enabled: known === undefined && slash > 0,
    retry: false,
  })
  return known ?? (key === undefined ? undefined : (data ?? undefined))
}
