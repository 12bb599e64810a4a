import { Session, type Profiler } from 'node:inspector/promises'

/** A place in the program and how much of the time it was being run. */
export interface HotPlace {
  readonly percent: number
  readonly place: string
}

/**
 * What the main thread does: looks at it for a while and tells where it is most of the time, and how much it rests.
 * @param sampleMs how long it looks
 */
export async function findHotPlaces(
  sampleMs: number,
  count: number,
): Promise<{ readonly idlePercent: number; readonly places: readonly HotPlace[] }> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await new Promise((resolve) => setTimeout(resolve, sampleMs))
    const { profile } = await session.post('Profiler.stop')
    return summarize(profile, count)
  } finally {
    session.disconnect()
  }
}

function summarize(
  profile: Profiler.Profile,
  count: number,
): { readonly idlePercent: number; readonly places: readonly HotPlace[] } {
  const hits = new Map<string, number>()
  let total = 0
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame
    const place = functionName.startsWith('(')
      ? functionName
      : `${functionName || '(anonymous)'} ${shortUrl(url)}:${lineNumber + 1}`
    hits.set(place, (hits.get(place) ?? 0) + hitCount)
    total += hitCount
  }
  const percent = (hit: number): number => Math.round((hit / Math.max(1, total)) * 1000) / 10
  const idlePercent = percent(hits.get('(idle)') ?? 0)
  const places = [...hits]
    .filter(([place, hit]) => place !== '(idle)' && hit > 0)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([place, hit]) => ({ percent: percent(hit), place }))
  return { idlePercent, places }
}

/** Without the folder that the program lies in. */
function shortUrl(url: string): string {
  return url.replace(/^file:\/\//, '').replace(/^.*\/(?=(?:dist|src|node_modules)\/)/, '')
}
