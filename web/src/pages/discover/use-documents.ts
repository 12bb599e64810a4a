import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { useMoment } from '../../app/moment.ts'
import type { Sort } from '../../app/address.ts'
import { pageQuery } from '../../bar/page-query.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { DocumentFeed } from './document-feed.ts'
import type { FeedState } from './document-feed.ts'

/**
 * The documents of the page, and a way to get more of them. A new feed begins whenever what is asked for changes; a refresh
 * asks the same feed again.
 */
export function useDocuments(
  scope: PageScope,
  sort: Sort,
): { readonly state: FeedState; readonly loadMore: () => void; readonly reload: string } {
  const { view, range, query, language, filters, live, zone, problem } = scope
  const asked = useMoment((moment) => moment.asked)
  // Not the interval: time passing alone must not take the rows away under a reader.
  const reload = JSON.stringify([view?.index, view?.timeField, view?.timeless, range, query, language, filters, sort, zone])
  const current = useRef(scope)
  current.current = scope

  const feed = useMemo(() => {
    const timeField = view?.timeField ?? '@timestamp'
    return new DocumentFeed({
      index: view?.index ?? '',
      timeField,
      sort,
      clock: Date.now,
      query: () => pageQuery(current.current),
      tailQuery: () => pageQuery(current.current, { from: current.current.interval.from, to: FAR_FUTURE }),
    })
    // `reload` stands for everything that the feed is made of.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [reload])

  const ready = view !== undefined && problem === undefined
  useEffect(() => {
    if (ready) void feed.load()
  }, [feed, ready, asked])
  useEffect(() => () => feed.stop(), [feed])

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
