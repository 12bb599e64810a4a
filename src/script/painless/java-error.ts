/**
 * An exception as Painless sees it: thrown by scripts and by what they call, caught by their `catch`, and told to clients
 * by the name that Elasticsearch makes of its class (`NumberFormatException` → `number_format_exception`).
 */
export class JavaError extends Error {
  /** Full name of the class: `java.lang.NumberFormatException`. */
  readonly className: string
  /** `getMessage()`, which may be null. */
  readonly text: string | null
  /** Where each script function that it passed was, innermost first. */
  readonly offsets: number[] = []
  /** Further members of the error that clients get. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(className: string, text: string | null, details: Readonly<Record<string, unknown>> = {}) {
    super(text ?? className)
    this.name = 'JavaError'
    this.className = className
    this.text = text
    this.details = details
  }
}

/** `java.lang.NumberFormatException` → `number_format_exception`, as Elasticsearch names types of errors. */
export function errorType(className: string): string {
  const simple = className.slice(className.lastIndexOf('.') + 1)
  return simple.replaceAll(/[A-Z]/g, (letter, at: number) => (at === 0 ? '' : '_') + letter.toLowerCase())
}

export const illegalArgument = (text: string): JavaError => new JavaError('java.lang.IllegalArgumentException', text)
export const classCast = (text: string): JavaError => new JavaError('java.lang.ClassCastException', text)
export const nullPointer = (text: string | null): JavaError => new JavaError('java.lang.NullPointerException', text)
export const arithmetic = (text: string): JavaError => new JavaError('java.lang.ArithmeticException', text)
export const numberFormat = (text: string): JavaError => new JavaError('java.lang.NumberFormatException', text)
export const unsupported = (text: string | null = null): JavaError =>
  new JavaError('java.lang.UnsupportedOperationException', text)
export const noSuchElement = (text: string | null = null): JavaError => new JavaError('java.util.NoSuchElementException', text)
export const illegalState = (text: string): JavaError => new JavaError('java.lang.IllegalStateException', text)
export const concurrentModification = (): JavaError => new JavaError('java.util.ConcurrentModificationException', null)

export function indexOutOfBounds(index: number, length: number): JavaError {
  return new JavaError('java.lang.IndexOutOfBoundsException', `Index ${index} out of bounds for length ${length}`)
}

/** What Painless itself stops: not an `Exception`, so no script can catch it. */
export const painlessError = (text: string): JavaError => new JavaError('org.opensearch.painless.PainlessError', text)
