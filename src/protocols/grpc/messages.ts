/** Wire format of gRPC over HTTP/2 (grpc.io, PROTOCOL-HTTP2.md): messages with a length before them, status in trailers. */

/** Flag (0 or 1) whether the message is compressed, and its length, u32 big-endian. */
export const PREFIX_BYTES = 5

/** Numbers of `grpc-status`. */
export const GRPC_STATUS = {
  ok: 0,
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** A call that ends with another status than `ok`; the message travels to the client. */
export class GrpcError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface GrpcMessage {
  readonly compressed: boolean
  readonly bytes: Buffer
}

/**
 * Why a body can be refused before it is whole; `undefined` while it cannot.
 * @param start its first bytes
 * @param receivedBytes how much of it is there
 */
export function refusalOfStart(start: Buffer, receivedBytes: number, maxMessageBytes: number): GrpcError | undefined {
  if (start.length < PREFIX_BYTES) return undefined
  const lengthBytes = start.readUInt32BE(1)
  if (lengthBytes > maxMessageBytes)
    return new GrpcError(
      GRPC_STATUS.resourceExhausted,
      `the message has ${lengthBytes} bytes and ${maxMessageBytes} are allowed: send smaller batches`,
    )
  if (receivedBytes > PREFIX_BYTES + lengthBytes)
    return new GrpcError(GRPC_STATUS.unimplemented, 'a call has one message: streams of messages are not taken')
  return undefined
}

/**
 * The one message of a body.
 * @throws GrpcError when it is not whole, too large or not alone
 */
export function parseMessage(body: Buffer, maxMessageBytes: number): GrpcMessage {
  const refused = refusalOfStart(body, body.length, maxMessageBytes)
  if (refused !== undefined) throw refused
  const flag = body[0]
  if (flag === undefined || body.length < PREFIX_BYTES || body.length < PREFIX_BYTES + body.readUInt32BE(1))
    throw new GrpcError(GRPC_STATUS.internal, 'the message is not whole')
  if (flag > 1) throw new GrpcError(GRPC_STATUS.internal, `the flag before the message is ${flag}, and 0 and 1 are known`)
  return { compressed: flag === 1, bytes: body.subarray(PREFIX_BYTES) }
}

/** A message as it travels, not compressed. */
export function printMessage(bytes: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([prefix, bytes])
}

/** `grpc-message`: printable ASCII stays, every other byte of its UTF-8 and `%` are `%XX`. */
export function printStatusMessage(text: string): string {
  let printed = ''
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    printed += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return printed
}
