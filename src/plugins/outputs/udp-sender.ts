import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'

/** Sends datagrams to one host; its name is looked up for each. */
export interface UdpSender {
  /** Rejects when the system does not take it. */
  send(datagram: Uint8Array): Promise<void>
  close(): void
}

export function createUdpSender({ host, port }: { readonly host: string; readonly port: number }): UdpSender {
  let socket: Socket | undefined
  return {
    async send(datagram) {
      const { address } = await lookup(host)
      socket ??= createSocket(isIPv6(address) ? 'udp6' : 'udp4').on('error', () => undefined)
      const open = socket
      await new Promise<void>((resolve, reject) => {
        open.send(datagram, port, address, (error) => (error === null ? resolve() : reject(error)))
      })
    },
    close: () => socket?.close(),
  }
}
