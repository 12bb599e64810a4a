/** Bytes of lengths behind a head byte, and of what they count: https://github.com/msgpack/msgpack/blob/master/spec.md */
const FIXED: Readonly<Record<number, number>> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
  0xd4: 2,
  0xd5: 3,
  0xd6: 5,
  0xd7: 9,
  0xd8: 17,
}
const COUNTED: Readonly<Record<number, { readonly bytes: 1 | 2 | 4; readonly extra?: number; readonly values?: 1 | 2 }>> = {
  0xc4: { bytes: 1 },
  0xc5: { bytes: 2 },
  0xc6: { bytes: 4 },
  0xc7: { bytes: 1, extra: 1 },
  0xc8: { bytes: 2, extra: 1 },
  0xc9: { bytes: 4, extra: 1 },
  0xd9: { bytes: 1 },
  0xda: { bytes: 2 },
  0xdb: { bytes: 4 },
  0xdc: { bytes: 2, values: 1 },
  0xdd: { bytes: 4, values: 1 },
  0xde: { bytes: 2, values: 2 },
  0xdf: { bytes: 4, values: 2 },
}

/** Where the value of MessagePack that begins at `start` ends; `undefined` when it is not there as a whole. */
export function msgpackEnd(bytes: Buffer, start: number): number | undefined {
  let at = start
  for (let left = 1; left > 0; left--) {
    const head = bytes[at++]
    if (head === undefined) return undefined
    const counted = COUNTED[head]
    if (counted !== undefined) {
      if (at + counted.bytes > bytes.length) return undefined
      const count = bytes.readUIntBE(at, counted.bytes)
      at += counted.bytes + (counted.extra ?? 0)
      if (counted.values === undefined) at += count
      else left += count * counted.values
    } else if (head >= 0x80 && head <= 0x8f) left += (head & 0x0f) * 2
    else if (head >= 0x90 && head <= 0x9f) left += head & 0x0f
    else if (head >= 0xa0 && head <= 0xbf) at += head & 0x1f
    else at += FIXED[head] ?? 0
    // Each value that is still to come takes a byte at least.
    if (at + left - 1 > bytes.length) return undefined
  }
  return at
}
