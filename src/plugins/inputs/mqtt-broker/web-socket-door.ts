import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** First byte of `GET`: no MQTT client begins so. */
export const HTTP_GET = 0x47

const PATH = '/mqtt'
/** MQTT 5.0 §6; the second is what clients of MQTT 3.1 say. */
const PROTOCOLS = ['mqtt', 'mqttv3.1']
const MAX_HEADER_BYTES = 16 * 1024

/** Takes over a socket that speaks WebSocket. */
export type Opened = (socket: WebSocket) => void

/**
 * Lets WebSocket clients in on a port that speaks MQTT: a socket whose first bytes are an HTTP request is handed over here.
 * Only `/mqtt` with the subprotocol `mqtt` is opened; what it carries is the same bytes as over TCP.
 */
export class WebSocketDoor {
  readonly #http = createServer({ maxHeaderSize: MAX_HEADER_BYTES })
  readonly #webSockets: WebSocketServer
  readonly #waiting = new WeakMap<object, Opened>()

  /** @param maxMessageBytes a client whose frames add up to more is disconnected */
  constructor(maxMessageBytes: number) {
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false,
    })
    this.#http.on('request', (_, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', connection: 'close', upgrade: 'websocket' })
      response.end(`this port speaks MQTT: over TCP, or over WebSocket at ${PATH}\n`)
    })
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => this.#upgrade(request, socket, head))
    this.#http.on('clientError', (_, socket) => socket.destroy())
  }

  /** @param first what was read of the socket already */
  take(socket: Socket, first: Buffer, opened: Opened): void {
    this.#waiting.set(socket, opened)
    socket.pause()
    socket.unshift(first)
    this.#http.emit('connection', socket)
    socket.resume()
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const opened = this.#waiting.get(socket)
    const path = (request.url ?? '').replace(/\?.*$/, '')
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    if (opened === undefined || path !== PATH) refuse(socket, 404, `MQTT is at ${PATH}`)
    else if (!PROTOCOLS.some((name) => offered.includes(name))) refuse(socket, 400, 'the subprotocol [mqtt] is not offered')
    else this.#webSockets.handleUpgrade(request, socket, head, opened)
  }
}

function refuse(socket: Socket, status: number, reason: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: text/plain`
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(reason) + 1}\r\n\r\n${reason}\n`)
}
