import { queryOptions, useQuery } from '@tanstack/react-query'
import type { SessionAnswer } from '../../../src/ui-api/wire/session.ts'
import { loadSession } from '../data/api.ts'

/** Who is signed in; `null` when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: loadSession,
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
})

/** Inside the shell somebody is signed in: App.tsx saw to it. */
export function useSession(): SessionAnswer {
  const { data } = useQuery(sessionQuery)
  return data ?? { username: '', roles: [], canEdit: false, version: '' }
}
