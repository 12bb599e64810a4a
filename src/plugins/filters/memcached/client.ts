import { connect, type Socket } from 'node:net'
import { encodeGet, encodeSet, MemcachedReader, type MemcachedReply } from '../../../protocols/memcached/replies.ts'

/** What a server is given to connect, and then to answer. */
const LIMIT_MS = 1_000
const DEFAULT_PORT = 11_211

export interface MemcachedAddress {
  readonly host: string
  readonly port: number
}

/** `host`, `host:port`, an address of IPv6, with its port in brackets. @throws Error naming what is none of them */
export function parseMemcachedHost(written: string): MemcachedAddress {
  if (/^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(written)) return { host: written, port: DEFAULT_PORT }
  const [, inBrackets, name, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d+))?$/.exec(written) ?? []
  const host = inBrackets ?? name
  if (host === undefined) throw new Error(`[memcached] hosts: [${written}] is no host: write cache.example.org:11211`)
  return { host, port: port === undefined ? DEFAULT_PORT : Number(port) }
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
  readonly #address: MemcachedAddress
  #socket: Socket | undefined
  #waiting: Waiting[] = []

  constructor(address: MemcachedAddress) {
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
