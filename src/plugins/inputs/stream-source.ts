import type { Socket } from 'node:net'
import type { Event } from '../../core/event.ts'
import type { Decoder, EventSink } from '../plugin.ts'
import type { HeldShare } from './held-bytes.ts'

interface StreamSource {
  readonly decoder: Decoder
  readonly sink: EventSink
  readonly signal: AbortSignal
  readonly held: HeldShare
  /** Adds where the events come from. */
  readonly mark: (event: Event) => void
}

/** Makes events of what a connection sends, as fast as they are taken: a full queue stops the reading. */
export function readStream(socket: Socket, { decoder, sink, signal, held, mark }: StreamSource): void {
  const hand = (events: readonly Event[]): void => {
    for (const event of events) mark(event)
    if (events.length === 0 || sink.push(events)) return
    socket.pause()
    void sink.ready(signal).then(() => socket.resume())
  }
  const { idle } = decoder
  let timer: NodeJS.Timeout | undefined
  socket.on('data', (chunk: Buffer) => {
    hand(decoder.decode(chunk))
    held.set(decoder.waitingBytes ?? 0)
    if (idle === undefined) return
    clearTimeout(timer)
    timer = setTimeout(() => hand(idle.flush()), idle.afterMs)
  })
  socket.on('close', () => {
    clearTimeout(timer)
    hand(decoder.end())
    held.set(0)
  })
}
