import { use } from 'react'
import type { ComponentType } from 'react'
import { ApiError } from '../data/http.ts'

export interface ChunkComponent<Props> {
  (props: Props): React.JSX.Element
  /** Fetches the chunk, so that drawing it needs no waiting. @throws ApiError when it cannot be fetched */
  readonly preload: () => Promise<unknown>
}

/** What has not been asked for yet. */
const waiting = new Set<() => Promise<unknown>>()
/** Chunks that could not be fetched are asked for once more with each of these. */
let attempt = 0

/** After a failure: what could not be fetched is asked for again when it is next drawn. */
export function retryChunks(): void {
  attempt += 1
}

/**
 * A component that comes in a chunk of its own: when it is first drawn, or earlier with `preload`. Unlike React's `lazy` one
 * that is there already is drawn at once, without a flash of what stands in for it, and one that could not be fetched can be
 * tried again.
 */
export function inChunk<Props extends object>(load: () => Promise<ComponentType<Props>>): ChunkComponent<Props> {
  let loaded: ComponentType<Props> | undefined
  let loading: { readonly promise: Promise<ComponentType<Props>>; readonly attempt: number; failed: boolean } | undefined

  function preload(): Promise<ComponentType<Props>> {
    if (loading !== undefined && !(loading.failed && loading.attempt < attempt)) return loading.promise
    waiting.delete(preload)
    const promise = load().then(
      (component) => (loaded = component),
      (cause: unknown) => {
        current.failed = true
        throw Object.assign(new ApiError({ type: 'unreachable', status: 0, reason: 'Elkhorn cannot be reached' }), { cause })
      },
    )
    const current = { promise, attempt, failed: false }
    loading = current
    return promise
  }

  waiting.add(preload)
  function Chunk(props: Props) {
    const View = loaded ?? use(preload())
    return <View {...props} />
  }
  return Object.assign(Chunk, { preload })
}

/** Fetches one chunk after the other until all are there, or one cannot be fetched. */
export async function preloadChunks(): Promise<void> {
  for (let [next] = waiting; next !== undefined; [next] = waiting) await next()
}
