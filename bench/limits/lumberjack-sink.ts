import { createServer } from 'node:net'
import { encodeLumberjackAck, frameJson, LumberjackReader } from '../../src/protocols/lumberjack/frames.ts'

/*
 * Limit program of ingest over the Lumberjack protocol: what reading frames, inflating and JSON.parse cost by themselves.
 * Nothing is filtered or stored. Prints its port and serves until it is killed.
 */

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new LumberjackReader()
  let window = 0
  const read = async (): Promise<void> => {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for await (const frames of reader.frames(chunk)) {
        for (const frame of frames) {
          if (frame.kind === 'window') window = frame.size
          else if (frame.kind === 'json') {
            JSON.parse(frameJson(frame))
            if (frame.sequence === window) socket.write(encodeLumberjackAck(2, window))
          }
        }
      }
    }
  }
  read().catch(() => socket.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
