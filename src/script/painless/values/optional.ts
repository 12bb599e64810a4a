import { equalValues, hashOf } from './equality.ts'
import { textOf } from './text.ts'
import { boxDouble, boxLong, JavaObject, type Value } from './value.ts'
import type { StreamType } from './streams.ts'

const NAMES: Readonly<Record<StreamType, string>> = {
  def: 'Optional',
  int: 'OptionalInt',
  long: 'OptionalLong',
  double: 'OptionalDouble',
}

/** Optional, OptionalInt, OptionalLong, OptionalDouble: its value is held as the type says. */
export class OptionalValue extends JavaObject {
  readonly type: StreamType
  readonly value: unknown
  readonly isPresent: boolean

  private constructor(type: StreamType, isPresent: boolean, value: unknown) {
    super()
    this.type = type
    this.isPresent = isPresent
    this.value = value
  }

  static of(type: StreamType, value: unknown): OptionalValue {
    return new OptionalValue(type, true, value)
  }

  static empty(type: StreamType): OptionalValue {
    return new OptionalValue(type, false, null)
  }

  get className(): string {
    return `java.util.${NAMES[this.type]}`
  }

  #boxed(): Value {
    if (this.type === 'long') return boxLong(this.value as number)
    return this.type === 'double' ? boxDouble(this.value as number) : this.value
  }

  override equalTo(other: Value): boolean {
    return (
      other instanceof OptionalValue &&
      other.type === this.type &&
      other.isPresent === this.isPresent &&
      equalValues(other.#boxed(), this.#boxed())
    )
  }
  override hash(): number {
    return this.isPresent ? hashOf(this.#boxed()) : 0
  }
  toText(): string {
    return this.isPresent ? `${NAMES[this.type]}[${textOf(this.#boxed())}]` : `${NAMES[this.type]}.empty`
  }
}
