/** Bytes that end too early, or say what cannot be. */
export class SflowError extends Error {}

/** Reads what XDR (RFC 4506) writes: big-endian, in steps of four bytes. @throws SflowError at the end of the bytes */
export class Bytes {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  get left(): number {
    return this.#buffer.length - this.#at
  }

  u8(): number {
    return this.take(1).readUInt8()
  }

  u16(): number {
    return this.take(2).readUInt16BE()
  }

  u32(): number {
    return this.take(4).readUInt32BE()
  }

  u64(): bigint {
    return this.take(8).readBigUInt64BE()
  }

  f32(): number {
    return this.take(4).readFloatBE()
  }

  /** `00:1a:2b:3c:4d:5e` */
  mac(): string {
    return [...this.take(6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  }

  ipv4(): string {
    return [...this.take(4)].join('.')
  }

  /** Without shortening: eight groups. */
  ipv6(): string {
    const bytes = this.take(16)
    return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':')
  }

  /** An address that says which version it is of. */
  address(): string {
    const version = this.u32()
    if (version === 1) return this.ipv4()
    if (version === 2) return this.ipv6()
    throw new SflowError(`an address of version ${version}`)
  }

  take(length: number): Buffer {
    if (length > this.left) throw new SflowError('the datagram is not there as a whole')
    const bytes = this.#buffer.subarray(this.#at, this.#at + length)
    this.#at += length
    return bytes
  }

  /** What the next bytes hold, as far as they go. */
  part(length: number): Bytes {
    return new Bytes(this.take(length))
  }
}
