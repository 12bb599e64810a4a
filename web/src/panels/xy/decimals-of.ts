const MAX_DECIMALS = 4

/** As many decimals as it takes to write every multiple of a step: 1 for 2.5, 2 for 0.25, none for 20. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < MAX_DECIMALS; decimals += 1) {
    const scaled = step * 10 ** decimals
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals
  }
  return MAX_DECIMALS
}
