import type { IncomingMessage } from 'node:http'

const LINGER_MS = 5_000
const LINGER_BYTES = 256 * 1024 * 1024

/**
 * Lets a client that still sends its body hear the answer: a connection that is closed over bytes nobody read is reset by
 * TCP, and the reset overtakes the answer. So only our side is closed; what still comes is thrown away, for a while.
 * To be called before the answer is sent, which has to say `connection: close`.
 */
export function closeLingering(request: IncomingMessage): void {
  const { socket } = request
  // What Node's server calls when the last answer of a connection is written.
  socket.destroySoon = () => {
    socket.end()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(timer))
    let left = LINGER_BYTES
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) socket.destroy()
    })
    request.on('end', () => socket.destroy())
    request.resume()
  }
}
