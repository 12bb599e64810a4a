import { readLines } from './lines.ts'

export interface ServerEvent {
  readonly event: string
  readonly data: string
  readonly id: string | undefined
}

/**
 * Reads server-sent events (HTML Living Standard, 9.2.6) from a response; unlike `EventSource` this goes with POST. Of the
 * format it takes what `src/ui-api/tail-routes.ts` writes: `id`, `event` and one line of `data`.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  let event = 'message'
  let data: string | undefined
  let id: string | undefined
  for await (const line of readLines(body)) {
    if (line === '') {
      if (data !== undefined) yield { event, data, id }
      event = 'message'
      data = undefined
      id = undefined
      continue
    }
    const colon = line.indexOf(': ')
    const value = line.slice(colon + 2)
    if (line.startsWith('data: ')) data = data === undefined ? value : `${data}\n${value}`
    else if (line.startsWith('event: ')) event = value
    else if (line.startsWith('id: ')) id = value
  }
}
