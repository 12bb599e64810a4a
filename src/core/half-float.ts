const HALF_FLOAT_MAX = 65_504

/** Nearest value of IEEE 754 binary16, ties to even; beyond its range infinite. */
export function roundToHalf(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value
  const magnitude = Math.abs(value)
  // Eleven bits of precision above 2^-14, a fixed step of 2^-24 below.
  const step = magnitude < 2 ** -14 ? 2 ** -24 : 2 ** (Math.floor(Math.log2(magnitude)) - 10)
  const steps = magnitude / step
  const floor = Math.floor(steps)
  const rest = steps - floor
  const rounded = (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor) * step
  return Math.sign(value) * (rounded > HALF_FLOAT_MAX ? Infinity : rounded)
}
