import { connect, type Socket } from 'node:net'
import { findHostAndPort, type HostAndPort } from '../../host-and-port.ts'
import { encodeGet, encodeSet, MemcachedReader, type MemcachedReply } from '../../../protocols/memcached/replies.ts'

/** What a server is given to connect, and then to answer. */
const LIMIT_MS = 1_000
const DEFAULT_PORT = 11_211

/** `host`, `host:port`, an address of IPv6, with its port in brackets. @throws Error naming what is none of them */
export function parseMemcachedHost(written: string): HostAndPort {
  const address = findHostAndPort(written, DEFAULT_PORT)
  if (address === undefined) throw new Error(`[memcached] hosts: [${written}] is no host: write cache.example.org:11211`)
  return address
}

interface Waiting {
  resolve(reply: MemcachedReply): void
  reject(error: Error): void
}

/**
 * One server of memcached. Commands go out at once and are answered in their order. When the connection breaks, what waits
 * fails, and the next command connects again.
 */
export class MemcachedClient {
  readonly #address: HostAndPort
  #socket: Socket | undefined
  #waiting: Waiting[] = []

  constructor(address: HostAndPort) {
    this.#address = address
  }

  /** @throws Error when the server is not there, or refuses the value */
  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    const reply = await this.#ask(encodeSet(key, value, ttlSeconds))
    if (reply.kind !== 'stored') throw new Error(reply.kind === 'refused' ? reply.reason : 'a value was answered with values')
  }

  /** What is there of these keys. @throws Error when the server is not there */
  async get(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const reply = await this.#ask(encodeGet(keys))
    if (reply.kind !== 'values') throw new Error(reply.kind === 'refused' ? reply.reason : 'a question was answered with STORED')
    return reply.values
  }

  close(): void {
    this.#socket?.destroy()
  }

  #ask(command: Buffer): Promise<MemcachedReply> {
    return new Promise((resolve, reject) => {
      this.#socket ??= this.#dial()
      this.#waiting.push({ resolve, reject })
      this.#socket.setTimeout(LIMIT_MS)
      this.#socket.write(command)
    })
  }

  #dial(): Socket {
    const socket = connect({ ...this.#address, noDelay: true })
    const reader = new MemcachedReader()
    let reason = new Error('the connection was closed')
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${LIMIT_MS} ms`)))
    socket.on('error', (error) => (reason = error))
    socket.on('close', () => {
      this.#socket = undefined
      for (const waiting of this.#waiting.splice(0)) waiting.reject(reason)
    })
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const reply of reader.read(chunk)) this.#waiting.shift()?.resolve(reply)
        if (this.#waiting.length === 0) socket.setTimeout(0)
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
    return socket
  }
}
