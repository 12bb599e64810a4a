/** Spreads a seed over 32 bits, so that seeds next to each other order documents differently (the finalizer of MurmurHash3). */
export function spreadSeed(seed: number): number {
  let bits = Math.trunc(seed) | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
