import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'
import type { WebSocket } from 'ws'
import type { Broker } from './broker.ts'
import type { Connection } from './connection.ts'
import type { Transport } from './transport.ts'
import { HTTP_GET, WebSocketDoor } from './web-socket-door.ts'

/** How long the last bytes may take to go out. */
const LINGER_MS = 5_000

export interface TcpListenerOptions {
  readonly broker: Broker
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** With it the port speaks TLS only. */
  readonly tls?: TlsOptions | undefined
  /** Whether clients may speak WebSocket on the port. On when absent. */
  readonly webSocket?: boolean
}

/** A port of the broker: MQTT over TCP or TLS, and over WebSocket on either. */
export class TcpListener {
  readonly #options: TcpListenerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #door: WebSocketDoor | undefined

  constructor(options: TcpListenerOptions) {
    const { broker, tls, webSocket = true } = options
    this.#options = options
    this.#door = webSocket ? new WebSocketDoor(2 * broker.limits.maxPacketBytes) : undefined
    const accept = (socket: Socket): void => this.#accept(socket)
    this.#server =
      tls === undefined
        ? createServer({ noDelay: true }, accept)
        : createTlsServer({ ...tls, handshakeTimeout: broker.limits.connectTimeoutMs }, accept).on(
            'tlsClientError',
            (error, socket) => broker.handshakeFailed(socket.remoteAddress ?? '', error.message),
          )
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : this.#options.port
  }

  /** Rejects when the port is taken. */
  start(): Promise<void> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** Takes nobody more. */
  close(): void {
    this.#server.close()
  }

  /** The broker has said good-bye to everybody: what is still open goes. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroySoon()
  }

  #accept(socket: Socket): void {
    const { broker } = this.#options
    if (!broker.takesConnections) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    const transport = new SocketTransport(socket)
    const connection = broker.connect(transport)
    socket.once('data', (first) => {
      if (this.#door !== undefined && first[0] === HTTP_GET) {
        this.#door.take(socket, first, (webSocket) => openWebSocket(webSocket, transport, connection))
        return
      }
      socket.on('data', (chunk) => connection.receive(chunk))
      connection.receive(first)
    })
    socket.on('drain', () => connection.drained())
    socket.on('error', (error) => connection.lost(error.message))
    socket.on('close', () => {
      this.#sockets.delete(socket)
      connection.lost('the connection was closed')
    })
  }
}

function openWebSocket<S>(webSocket: WebSocket, transport: SocketTransport, connection: Connection<S>): void {
  transport.webSocket = webSocket
  webSocket.binaryType = 'nodebuffer'
  webSocket.on('message', (data, isBinary) => {
    if (isBinary && Buffer.isBuffer(data)) connection.receive(data)
    // [MQTT-6.0.0-1]
    else connection.close('protocol error', 'a WebSocket frame is text')
  })
  webSocket.on('error', (error) => connection.lost(error.message))
  webSocket.on('close', () => connection.lost('the connection was closed'))
}

/** A socket, or the WebSocket that it has become. */
class SocketTransport implements Transport {
  readonly remoteAddress: string
  readonly certificate: Transport['certificate'] = undefined
  readonly certificateError: string | undefined = undefined
  webSocket: WebSocket | undefined
  readonly #socket: Socket

  constructor(socket: Socket) {
    this.#socket = socket
    this.remoteAddress = socket.remoteAddress ?? ''
    if (!(socket instanceof TLSSocket)) return
    const shown = certificateOf(socket)
    if (socket.authorized) this.certificate = shown
    else if (shown !== undefined) this.certificateError = String(socket.authorizationError)
  }

  get writableLength(): number {
    return this.webSocket === undefined ? this.#socket.writableLength : this.webSocket.bufferedAmount
  }

  write(bytes: Buffer): void {
    if (this.webSocket === undefined) this.#socket.write(bytes)
    else this.webSocket.send(bytes)
  }

  pause(): void {
    if (this.webSocket === undefined) this.#socket.pause()
    else this.webSocket.pause()
  }

  resume(): void {
    if (this.webSocket === undefined) this.#socket.resume()
    else this.webSocket.resume()
  }

  end(): void {
    if (this.webSocket === undefined) this.#socket.end()
    else this.webSocket.close()
    // A client that reads nothing would keep the connection for ever.
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

function certificateOf(socket: TLSSocket): Transport['certificate'] {
  const { subject, fingerprint256 } = socket.getPeerCertificate()
  // The types promise a subject; a certificate without one has none.
  if ((subject as unknown) === undefined) return undefined
  const commonName = [subject.CN].flat()[0] ?? ''
  const parts = Object.entries(subject).map(([name, value]) => `${name}=${[value].flat().join('+')}`)
  return { subject: parts.join(','), commonName, fingerprint: fingerprint256 }
}
