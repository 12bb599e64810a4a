/** 10 bits an id and 7 probes: one in 120 ids that are new is taken for known, and looked up in vain. */
const BITS_PER_ID = 10
const PROBES = 7

/**
 * A Bloom filter over the ids of an index: says for sure that an id is new. It works on 32-bit hashes, which may come from
 * the engine (`murmurHash3_32`). It grows by adding filters of twice the size; asking asks all of them.
 */
export class IdFilter {
  readonly #layers: Layer[] = []

  constructor(expected: number) {
    this.#layers.push(new Layer(expected))
  }

  get bytes(): number {
    return this.#layers.reduce((sum, layer) => sum + layer.bits.length * 4, 0)
  }

  add(hash: number): void {
    let newest = this.#layers.at(-1)
    if (newest === undefined || newest.count >= newest.capacity) {
      newest = new Layer((newest?.capacity ?? 512) * 2)
      this.#layers.push(newest)
    }
    newest.add(hash)
  }

  mayHave(hash: number): boolean {
    return this.#layers.some((layer) => layer.has(hash))
  }
}

class Layer {
  readonly capacity: number
  readonly bits: Uint32Array
  count = 0

  constructor(expected: number) {
    this.capacity = Math.max(expected, 1024)
    this.bits = new Uint32Array(Math.ceil((this.capacity * BITS_PER_ID) / 32))
  }

  add(hash: number): void {
    const size = this.bits.length * 32
    let probe = hash >>> 0
    const step = mix(hash) | 1
    for (let i = 0; i < PROBES; i++) {
      const bit = probe % size
      const at = Math.floor(bit / 32)
      this.bits[at] = (this.bits[at] ?? 0) | (1 << (bit & 31))
      probe = (probe + step) >>> 0
    }
    this.count += 1
  }

  has(hash: number): boolean {
    const size = this.bits.length * 32
    let probe = hash >>> 0
    const step = mix(hash) | 1
    for (let i = 0; i < PROBES; i++) {
      const bit = probe % size
      if (((this.bits[Math.floor(bit / 32)] ?? 0) & (1 << (bit & 31))) === 0) return false
      probe = (probe + step) >>> 0
    }
    return true
  }
}

/** The finalizer of MurmurHash3: a second hash out of the first. */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const scratch = Buffer.allocUnsafe(2048)

/** MurmurHash3_x86_32 with seed 0 over the UTF-8 bytes, the same as the engine's `murmurHash3_32`. */
export function hashId(id: string): number {
  const bytes = id.length * 3 <= scratch.length ? scratch : Buffer.allocUnsafe(id.length * 3)
  const length = writeId(bytes, id)
  let h = 0
  const blocks = length & ~3
  for (let i = 0; i < blocks; i += 4) {
    let k = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)
    k = Math.imul(k, 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  if ((length & 3) === 3) tail ^= (bytes[blocks + 2] ?? 0) << 16
  if ((length & 3) >= 2) tail ^= (bytes[blocks + 1] ?? 0) << 8
  if ((length & 3) >= 1) {
    tail ^= bytes[blocks] ?? 0
    tail = Math.imul(tail, 0xcc9e2d51)
    tail = (tail << 15) | (tail >>> 17)
    h ^= Math.imul(tail, 0x1b873593)
  }
  h ^= length
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function writeId(bytes: Buffer, id: string): number {
  for (let i = 0; i < id.length; i++) {
    const code = id.charCodeAt(i)
    if (code > 127) return bytes.write(id)
    bytes[i] = code
  }
  return id.length
}
