import { charge } from '../budget.ts'
import { JavaError } from '../java-error.ts'
import { JavaObject } from './value.ts'

/** StringBuilder and StringBuffer. */
export class StringBuilder extends JavaObject {
  readonly #className: string
  #text: string

  constructor(className: string, text = '') {
    super()
    this.#className = className
    this.#text = text
  }
  get className(): string {
    return this.#className
  }
  get text(): string {
    return this.#text
  }
  toText(): string {
    return this.#text
  }
  append(text: string): this {
    charge(text.length)
    this.#text += text
    return this
  }
  set(text: string): this {
    charge(text.length)
    this.#text = text
    return this
  }
  /** @throws JavaError for a range outside of the text */
  replace(from: number, to: number, by: string): this {
    this.#check(from, to)
    return this.set(this.#text.slice(0, from) + by + this.#text.slice(to))
  }
  slice(from: number, to: number): string {
    this.#check(from, to)
    return this.#text.slice(from, to)
  }
  #check(from: number, to: number): void {
    if (from < 0 || from > to || to > this.#text.length) {
      throw new JavaError('java.lang.StringIndexOutOfBoundsException', `start ${from}, end ${to}, length ${this.#text.length}`)
    }
  }
}
