import { QueryClient } from '@tanstack/react-query'
import { ApiError } from '../data/http.ts'

/** Answers of past moments are asked for again by “back” only: they need not be kept for long. */
const KEPT_MS = 60_000

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        gcTime: KEPT_MS,
        staleTime: KEPT_MS,
        refetchOnWindowFocus: false,
        // What was refused stays refused; what could not be reached may be back in a moment.
        retry: (failures, error) => failures < 3 && error instanceof ApiError && error.status === 0,
        retryDelay: (failures) => Math.min(8000, 500 * 2 ** failures),
      },
    },
  })
}
