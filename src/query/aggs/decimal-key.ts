/** A double as Java prints it where it is part of a name: `50.0`, `99.9`, `1.0E10`. */
export function decimalKey(value: number): string {
  if (!Number.isFinite(value)) return value === Infinity ? 'Infinity' : value === -Infinity ? '-Infinity' : 'NaN'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e')
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}
