import type { JavaError } from '../java-error.ts'
import { JavaObject } from './value.ts'

/** An exception that a script holds, made or caught. */
export class ExceptionValue extends JavaObject {
  readonly error: JavaError

  constructor(error: JavaError) {
    super()
    this.error = error
  }
  get className(): string {
    return this.error.className
  }
  toText(): string {
    const { className, text } = this.error
    return text === null ? className : `${className}: ${text}`
  }
}
