/**
 * How likely a value of Student's t-distribution is at most `t`, for any positive number of degrees of freedom. By the
 * regularized incomplete beta function: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.1 and 26.5.27.
 */
export function studentsT(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  return t <= 0 ? tail : 1 - tail
}

/** I_x(a, b) from its continued fraction (26.5.8), which converges fast left of the mean; right of it by symmetry. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  return front * betaFraction(x, a, b)
}

const MAX_STEPS = 10_000
/** What stands in for a denominator of zero, in the evaluation of Lentz. */
const TINY = 1e-300

function betaFraction(x: number, a: number, b: number): number {
  let [c, d] = [1, 1 / nonZero(1 - ((a + b) * x) / (a + 1))]
  let fraction = d
  for (let m = 1; m < MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    for (const step of [even, odd]) {
      d = 1 / nonZero(1 + step * d)
      c = nonZero(1 + step / c)
      fraction *= c * d
    }
    if (Math.abs(c * d - 1) < Number.EPSILON) break
  }
  return fraction
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value)

/** Lanczos' approximation with g = 7 and nine terms; 15 digits for positive numbers. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const base = x + 6.5
  const series = LANCZOS.reduce((sum, term, i) => sum + (i === 0 ? term : term / (x + i - 1)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
