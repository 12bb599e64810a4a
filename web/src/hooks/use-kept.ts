import type { UseQueryResult } from '@tanstack/react-query'
import { useRef } from 'react'
import type { EpochMillis } from '../../../src/core/time.ts'

/** What is shown is no longer of now: asking again has failed. */
export interface Stale {
  /** When what is shown was answered. */
  readonly since: EpochMillis
  readonly error: unknown
}

/** An answer that outlives failures to refresh it. */
export interface Kept<Data> {
  readonly data: Data | undefined
  /** `undefined` while the data are of now. Stays until an answer comes, also while it is asked for again. */
  readonly stale: Stale | undefined
  /** Only where there is nothing to show. */
  readonly error: unknown
}

/**
 * The last good answer to a question, with why there is no newer one. `question` is what a person asked: time that moves on is
 * the same question, another query is not, and its answer takes the place of the old one whatever it is.
 */
export function useKept<Data>(answer: UseQueryResult<Data>, question: string): Kept<Data> {
  const good = useRef<{ readonly question: string; readonly data: Data; readonly at: EpochMillis }>(undefined)
  const failure = useRef<unknown>(undefined)
  const { data, dataUpdatedAt: at, error, failureReason, isPlaceholderData } = answer
  if (failureReason !== null) failure.current = failureReason
  else if (data !== undefined && !isPlaceholderData) {
    good.current = { question, data, at }
    failure.current = undefined
  }
  const kept = good.current?.question === question ? good.current : undefined
  if (kept !== undefined && failure.current !== undefined)
    return { data: kept.data, stale: { since: kept.at, error: failure.current }, error: undefined }
  return { data, stale: undefined, error: error ?? undefined }
}
