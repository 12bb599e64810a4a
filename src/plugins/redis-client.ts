import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encodeCommand, RedisRefusal, RespReader, type RedisReply } from '../protocols/redis/resp.ts'
import { clientTlsOptions, loadClientTls, type ClientTls } from './client-tls.ts'
import { flag, integer, number, password, text } from './options.ts'

/** Options of the `redis` input and output about the connection. */
export const redisConnectionOptions = {
  username: text().optional().describe('User, where Redis has users (6 and later).'),
  password: password().optional().describe('What Redis is logged in with.'),
  db: integer({ min: 0 }).default(0).describe('Number of the database.'),
  timeout: number({ min: 0.001 }).default(5).describe('Seconds that a connection and an answer may take.'),
  ssl: flag().optional().meta({ option: 'boolean', aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether the connection uses TLS.'),
  ...clientTlsOptions,
}

export type RedisAddress = { readonly host: string; readonly port: number } | { readonly path: string }

export interface RedisConnection extends ClientTls {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly db: number
  readonly timeout: number
  readonly ssl_enabled: boolean
}

/** A connection that only listens is tried this long after the last message, so that one that is dead is noticed. */
const KEEP_ALIVE_MS = 30_000

interface Waiting {
  resolve(reply: Exclude<RedisReply, RedisRefusal>): void
  reject(error: Error): void
}

/** One connection to Redis. Commands go out at once and are answered in their order. */
export class RedisClient {
  readonly #socket: Socket
  readonly #timeoutMs: number
  readonly #waiting: Waiting[] = []
  #onMessage: ((message: readonly RedisReply[]) => void) | undefined
  #reason = new Error('the connection was closed')

  /** Connects and logs in. Rejects when that fails. */
  static async open(address: RedisAddress, options: RedisConnection): Promise<RedisClient> {
    const client = new RedisClient(await dial(address, options), options.timeout * 1000)
    try {
      const { username, password, db } = options
      if (password !== undefined) await client.ask(['AUTH', ...(username === undefined ? [] : [username]), password])
      if (db !== 0) await client.ask(['SELECT', db])
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    const reader = new RespReader()
    socket.on('timeout', () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    socket.on('error', (error) => (this.#reason = error))
    socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#reason)
    })
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const reply of reader.read(chunk)) this.#take(reply)
        if (this.#waiting.length === 0) socket.setTimeout(0)
      } catch (error) {
        socket.destroy(error as Error)
      }
    })
  }

  /** @throws RedisRefusal when Redis refuses the command; Error when the connection breaks */
  ask(command: readonly (string | number | Uint8Array)[]): Promise<Exclude<RedisReply, RedisRefusal>> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(this.#reason)
        return
      }
      this.#waiting.push({ resolve, reject })
      this.#socket.setTimeout(this.#timeoutMs)
      this.#socket.write(encodeCommand(command))
    })
  }

  /** From now on the connection only listens. Rejects when it is over, with the reason. */
  async listen(command: readonly string[], onMessage: (message: readonly RedisReply[]) => void): Promise<never> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve))
    this.#onMessage = onMessage
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS)
    await this.ask(command)
    await closed
    throw this.#reason
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(reply: RedisReply): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) {
      if (Array.isArray(reply)) this.#onMessage?.(reply as readonly RedisReply[])
    } else if (reply instanceof RedisRefusal) waiting.reject(reply)
    else waiting.resolve(reply)
  }
}

async function dial(address: RedisAddress, options: RedisConnection): Promise<Socket> {
  const where = 'path' in address ? { path: address.path } : { host: address.host, port: address.port }
  let socket: Socket
  if (options.ssl_enabled) {
    const { ca, ...rest } = await loadClientTls(options)
    const trusted = ca !== undefined && ca.length > 0 ? { ca: [...ca] } : {}
    socket = connectTls({ ...where, ...('host' in address && { servername: address.host }), ...rest, ...trusted })
  } else socket = connect({ ...where, noDelay: true })
  const signal = AbortSignal.timeout(options.timeout * 1000)
  try {
    await once(socket, options.ssl_enabled ? 'secureConnect' : 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    if (signal.aborted) throw new Error(`no connection within ${options.timeout} seconds`, { cause: error })
    throw error
  }
}
