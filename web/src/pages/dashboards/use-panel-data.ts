import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useKept } from '../../hooks/use-kept.ts'
import { search } from '../../data/search.ts'
import type { PreparedPanel } from '../../panels/index.tsx'
import { mainFrame, numberColumns } from '../../panels/frame.ts'
import type { PanelData } from '../../panels/frame.ts'
import type { PanelContext } from '../../panels/panel-type.ts'

/**
 * What a panel shows. Asked for only while the panel is in sight; what was there stays until the new is, also when asking fails;
 * with time moving on, only the newest stretch is asked for where the panel can add it.
 */
export function usePanelData(
  id: string,
  panel: PreparedPanel,
  context: PanelContext | undefined,
  scopeKey: string,
  visible: boolean,
) {
  const queries = useQueryClient()
  const searches = useMemo(() => (context === undefined ? [] : panel.searches(context)), [panel, context])
  // One place for the newest data of a panel, whatever moment they are of.
  const latestKey = useMemo(() => ['panel latest', id, scopeKey, panelKey(panel)], [id, scopeKey, panel])
  const answer = useQuery({
    queryKey: ['panel', id, scopeKey, searches],
    queryFn: async ({ signal }): Promise<PanelData> => {
      if (context === undefined) throw new Error('a panel was asked for before its data view was known')
      const before = queries.getQueryData<PanelData>(latestKey)
      const data = await load(panel, context, before, signal)
      queries.setQueryData(latestKey, data)
      return data
    },
    enabled: visible && context !== undefined,
    placeholderData: keepPreviousData,
  })
  const { isFetching, isPlaceholderData, refetch } = answer
  return { ...useKept(answer, latestKey.join(' ')), isFetching, isPlaceholderData, refetch }
}

const panelKeys = new WeakMap<PreparedPanel, number>()
let counter = 0

/** Panels are told apart by identity: changed settings make another one. */
function panelKey(panel: PreparedPanel): number {
  const known = panelKeys.get(panel)
  if (known !== undefined) return known
  counter += 1
  panelKeys.set(panel, counter)
  return counter
}

async function load(
  panel: PreparedPanel,
  context: PanelContext,
  before: PanelData | undefined,
  signal: AbortSignal,
): Promise<PanelData> {
  const since = before === undefined ? undefined : panel.tail.since(before, context)
  const ask = async (asked: PanelContext, from?: number): Promise<PanelData> => {
    const answers = await Promise.all(panel.searches(asked, from).map(({ index, body }) => search(index, body, signal)))
    return panel.read(answers, asked)
  }
  if (before === undefined || since === undefined) return ask(context)
  const series = numberColumns(mainFrame(before)).map(({ name }) => name)
  return panel.tail.merge(before, await ask({ ...context, series }, since), since, context)
}
