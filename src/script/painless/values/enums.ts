import { JavaObject, type Value } from './value.ts'

/** A constant of an enum: `ChronoUnit.DAYS`. There is one object of each. */
export class EnumValue extends JavaObject {
  readonly #className: string
  readonly name: string
  readonly ordinal: number
  readonly #shown: string

  constructor(className: string, name: string, ordinal: number, shown = name) {
    super()
    this.#className = className
    this.name = name
    this.ordinal = ordinal
    this.#shown = shown
  }
  get className(): string {
    return this.#className
  }
  toText(): string {
    return this.#shown
  }
  compareTo(other: Value): number {
    return this.ordinal - (other as EnumValue).ordinal
  }
}
