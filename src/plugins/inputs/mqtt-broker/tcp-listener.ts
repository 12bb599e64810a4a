import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'
import type { Broker } from './broker.ts'
import type { Transport } from './transport.ts'

/** How long the last bytes may take to go out. */
const LINGER_MS = 5_000

export interface TcpListenerOptions {
  readonly broker: Broker
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** With it the port speaks TLS only. */
  readonly tls?: TlsOptions | undefined
}

/** A port of the broker: MQTT over TCP, or over TLS. */
export class TcpListener {
  readonly #options: TcpListenerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: TcpListenerOptions) {
    this.#options = options
    const accept = (socket: Socket): void => this.#accept(socket)
    this.#server = options.tls === undefined ? createServer({ noDelay: true }, accept) : createTlsServer(options.tls, accept)
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
    this.#sockets.add(socket)
    const connection = this.#options.broker.connect(transportOf(socket))
    socket.on('data', (chunk) => connection.receive(chunk))
    socket.on('drain', () => connection.drained())
    socket.on('error', (error) => connection.lost(error.message))
    socket.on('close', () => {
      this.#sockets.delete(socket)
      connection.lost('the connection was closed')
    })
  }
}

function transportOf(socket: Socket): Transport {
  return {
    remoteAddress: socket.remoteAddress ?? '',
    certificate: socket instanceof TLSSocket ? certificateOf(socket) : undefined,
    get writableLength() {
      return socket.writableLength
    },
    write: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => {
      socket.end()
      // A client that reads nothing would keep the connection for ever.
      setTimeout(() => socket.destroy(), LINGER_MS).unref()
    },
    destroy: () => void socket.destroy(),
  }
}

function certificateOf(socket: TLSSocket): Transport['certificate'] {
  if (!socket.authorized) return undefined
  const { subject, fingerprint256 } = socket.getPeerCertificate()
  // The types promise a subject; a certificate without one has none.
  if ((subject as unknown) === undefined) return undefined
  const commonName = [subject.CN].flat()[0] ?? ''
  const parts = Object.entries(subject).map(([name, value]) => `${name}=${[value].flat().join('+')}`)
  return { subject: parts.join(','), commonName, fingerprint: fingerprint256 }
}
