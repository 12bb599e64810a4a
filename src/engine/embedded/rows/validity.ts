/** Which rows have a value: Arrow's bitmap, least significant bit first, 1 for a value. */
export class Validity {
  count = 0
  #bits = new Uint8Array(32)

  set(row: number): void {
    const at = row >> 3
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(this.#bits.length * 2, at + 1))
      larger.set(this.#bits)
      this.#bits = larger
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (row & 7))
    this.count += 1
  }

  /** The row must be set. */
  clear(row: number): void {
    this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) & ~(1 << (row & 7))
    this.count -= 1
  }

  has(row: number): boolean {
    return ((this.#bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
  }

  bitmap(rows: number): Uint8Array {
    const length = (rows + 7) >> 3
    if (length <= this.#bits.length) return this.#bits.subarray(0, length)
    const bits = new Uint8Array(length)
    bits.set(this.#bits)
    return bits
  }
}
