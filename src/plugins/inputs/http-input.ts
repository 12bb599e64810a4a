import type { Server } from 'node:http'
import type { EventSink, Input } from '../plugin.ts'
import { createHttpReceiver, type HttpRequests } from './http-requests.ts'
import { closeServer, listen } from './listen.ts'
import { loadServerTls, type ServerTls } from './server-tls.ts'

/** An input that makes events of what is posted to a port of its own. */
export function httpInput(
  options: ServerTls & { readonly host?: string | undefined; readonly port: number; readonly max_content_length: number },
  listenHost: string | undefined,
  requests: Omit<HttpRequests, 'sink' | 'maxBodyBytes'>,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Input {
  let sink: EventSink | undefined
  let server: Server | undefined
  let boundPort: number | undefined
  return {
    get port() {
      return boundPort
    },
    async start(given) {
      sink = given
      await prepare()
      const receiver = { ...requests, maxBodyBytes: options.max_content_length, sink: () => sink }
      server = createHttpReceiver(receiver, await loadServerTls(options))
      boundPort = await listen(server, options.host ?? listenHost ?? '127.0.0.1', options.port)
    },
    stop() {
      sink = undefined
      server?.close()
      return Promise.resolve()
    },
    async close() {
      server?.closeAllConnections()
      if (server !== undefined) await closeServer(server)
    },
  }
}
