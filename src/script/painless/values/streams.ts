import { step } from '../budget.ts'
import { illegalState } from '../java-error.ts'
import { identityText, JavaObject, type Value } from './value.ts'

/** What a stream's elements are held as: `def` for objects. */
export type StreamType = 'def' | 'int' | 'long' | 'double'

const CLASS_NAMES: Readonly<Record<StreamType, string>> = {
  def: 'java.util.stream.Stream',
  int: 'java.util.stream.IntStream',
  long: 'java.util.stream.LongStream',
  double: 'java.util.stream.DoubleStream',
}

/** A Stream, IntStream, LongStream or DoubleStream: lazy, and used once. */
export class JavaStream extends JavaObject {
  readonly type: StreamType
  readonly #items: Iterable<unknown>
  #used = false

  private constructor(type: StreamType, items: Iterable<unknown>) {
    super()
    this.type = type
    this.#items = items
  }

  static of(type: StreamType, items: Iterable<unknown>): JavaStream {
    return new JavaStream(type, items)
  }

  get className(): string {
    return CLASS_NAMES[this.type]
  }

  toText(): string {
    return identityText(this, this.className)
  }

  override toJson(): Value {
    return this.toText()
  }

  /** The elements, each a step of the budget. @throws JavaError where they were asked for before */
  take(): Iterable<unknown> {
    if (this.#used) throw illegalState('stream has already been operated upon or closed')
    this.#used = true
    return counted(this.#items)
  }

  /** Another stream made from the elements of this one. */
  onward(type: StreamType, make: (items: Iterable<unknown>) => Iterable<unknown>): JavaStream {
    const items = this.take()
    return new JavaStream(type, { [Symbol.iterator]: () => make(items)[Symbol.iterator]() })
  }
}

function* counted(items: Iterable<unknown>): Iterable<unknown> {
  for (const item of items) {
    step()
    yield item
  }
}
