import { numberFormat } from '../java-error.ts'
import { longOf } from './def-math.ts'
import { BoxedNumber, JavaObject, type Value } from './value.ts'

/** `java.math.BigInteger`. A whole number beyond 64 bits in a document is one, too, as a plain bigint. */
export class BigInteger extends JavaObject {
  readonly value: bigint

  constructor(value: bigint) {
    super()
    this.value = value
  }

  static from(value: Value): BigInteger {
    if (value instanceof BigInteger) return value
    return new BigInteger(BigInt(value instanceof BoxedNumber ? value.value : longOf(value)))
  }

  /** @throws JavaError */
  static parse(text: string, radix: number): BigInteger {
    const negative = text.startsWith('-')
    const digits = negative || text.startsWith('+') ? text.slice(1) : text
    if (digits === '' || digits.length > 10_000) throw numberFormat('Zero length BigInteger')
    let value = 0n
    for (const char of digits) {
      const digit = Number.parseInt(char, radix)
      if (Number.isNaN(digit)) throw numberFormat(`For input string: "${text}"`)
      value = value * BigInt(radix) + BigInt(digit)
    }
    return new BigInteger(negative ? -value : value)
  }

  get className(): string {
    return 'java.math.BigInteger'
  }
  toText(): string {
    return String(this.value)
  }
  override toJson(): Value {
    return Number.isSafeInteger(Number(this.value)) ? Number(this.value) : this.value
  }
  override equalTo(other: Value): boolean {
    return other instanceof BigInteger ? other.value === this.value : typeof other === 'bigint' && other === this.value
  }
  override key(): unknown {
    return `\u0000big:${this.value}`
  }
  override hash(): number {
    return Number(BigInt.asIntN(32, this.value))
  }
  compareTo(other: Value): number {
    const right = BigInteger.from(other).value
    return this.value < right ? -1 : this.value > right ? 1 : 0
  }
}
