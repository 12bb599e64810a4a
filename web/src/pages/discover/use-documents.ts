import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { useMoment } from '../../app/moment.ts'
import type { Sort } from '../../app/address.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { scopeQuery } from '../../query/search-body.ts'
import { DocumentFeed } from './document-feed.ts'
import type { FeedState } from './document-feed.ts'

/** The documents of the page, and a way to get more of them. A new feed begins whenever what is asked for changes. */
export function useDocuments(
  scope: PageScope,
  sort: Sort,
): { readonly state: FeedState; readonly loadMore: () => void; readonly reload: string } {
  const { view, range, query, language, filters, live, zone, problem } = scope
  const asked = useMoment((moment) => moment.asked)
  // Not the interval: time passing alone must not take the rows away under a reader.
  const reload = JSON.stringify([view?.index, view?.timeField, range, query, language, filters, sort, zone, asked])
  const current = useRef(scope)
  current.current = scope

  const feed = useMemo(() => {
    const timeField = view?.timeField ?? '@timestamp'
    const base = () => {
      const { query, language, filters } = current.current
      return { timeField, filters, queries: [{ language, expression: query }] }
    }
    return new DocumentFeed({
      index: view?.index ?? '',
      timeField,
      sort,
      query: () => scopeQuery({ ...base(), interval: current.current.interval }),
      tailQuery: () => scopeQuery({ ...base(), interval: { from: current.current.interval.from, to: FAR_FUTURE } }),
    })
    // `reload` stands for everything that the feed is made of.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [reload])

  const ready = view !== undefined && problem === undefined
  useEffect(() => {
    if (!ready) return undefined
    void feed.load()
    return () => feed.stop()
  }, [feed, ready])

  const canFollow = live && sort.field === view?.timeField && sort.order === 'desc'
  useEffect(() => {
    if (!canFollow) return undefined
    feed.follow()
    return () => feed.unfollow()
  }, [feed, canFollow])

  const state = useSyncExternalStore(
    useMemo(() => (listener: () => void) => feed.subscribe(listener), [feed]),
    () => feed.state,
  )
  return { state, loadMore: useMemo(() => () => void feed.loadMore(), [feed]), reload }
}

/** The end of 9999: Elasticsearch's dates go no further without a sign. */
const FAR_FUTURE = 253_402_300_799_999
