import type { Input } from '../plugin.ts'
import { createHttpReceiver, type HttpRequests } from './http-requests.ts'
import { listeningInput } from './listening-input.ts'
import type { ServerTls } from './server-tls.ts'

/** An input that makes events of what is posted to a port of its own. */
export function httpInput(
  options: ServerTls & { readonly host?: string | undefined; readonly port: number; readonly max_content_length: number },
  listenHost: string | undefined,
  requests: Omit<HttpRequests, 'sink' | 'maxBodyBytes'>,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Input {
  return listeningInput(options, listenHost, async (sink, tls) => {
    await prepare()
    const server = createHttpReceiver({ ...requests, maxBodyBytes: options.max_content_length, sink }, tls)
    return {
      server,
      endConnections: () => server.closeIdleConnections(),
      destroyConnections: () => server.closeAllConnections(),
    }
  })
}
