import type { Server } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { EventSink, Input } from '../plugin.ts'
import { closeServer, listen } from './listen.ts'
import { loadServerTls, type ServerTls } from './server-tls.ts'

/** A server that makes events of what it is sent, and what it knows of its connections. */
export interface Receiver {
  readonly server: Server
  /** Lets calls end that wait for an answer, and takes no new ones. */
  endConnections(): void
  destroyConnections(): void
}

/** An input that listens on a port of its own. */
export function listeningInput(
  options: ServerTls & { readonly host?: string | undefined; readonly port: number },
  listenHost: string | undefined,
  createReceiver: (sink: () => EventSink | undefined, tls: TlsOptions | undefined) => Receiver | Promise<Receiver>,
): Input {
  let sink: EventSink | undefined
  let receiver: Receiver | undefined
  let boundPort: number | undefined
  return {
    get port() {
      return boundPort
    },
    async start(given) {
      sink = given
      receiver = await createReceiver(() => sink, await loadServerTls(options))
      boundPort = await listen(receiver.server, options.host ?? listenHost ?? '127.0.0.1', options.port)
    },
    stop() {
      sink = undefined
      receiver?.server.close()
      receiver?.endConnections()
      return Promise.resolve()
    },
    async close() {
      receiver?.destroyConnections()
      if (receiver !== undefined) await closeServer(receiver.server)
    },
  }
}
