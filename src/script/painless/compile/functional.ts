import { step } from '../budget.ts'
import { box, findCast, type Convert } from '../casts.ts'
import type { ClassLookup, Method } from '../class-table.ts'
import { illegalArgument } from '../java-error.ts'
import { identityText, JavaObject, type Value } from '../values/value.ts'

/** A function of JavaScript's that stands for a lambda; what it takes and gives is held as the interface's method says. */
export type PlainFunction = (...values: never[]) => unknown

/** A value of a functional interface: a lambda, a reference to a method, a Comparator. */
export class Functional extends JavaObject {
  readonly #interface: string
  readonly call: PlainFunction

  constructor(interfaceName: string, call: PlainFunction) {
    super()
    this.#interface = interfaceName
    this.call = call
  }
  get className(): string {
    return this.#interface
  }
  toText(): string {
    return identityText(this, this.#interface)
  }
}

/**
 * A lambda or reference whose interface is not known before it meets the method that it is passed to: the argument of a
 * call on a `def`. It takes and gives `Value`s.
 */
export class Unbound {
  /** How many parameters it has; `undefined` where it takes what it is given. */
  readonly arity: number | undefined
  readonly #shown: string
  readonly #make: (arity: number, interfaceName: string, method: string) => (...values: Value[]) => Value

  constructor(
    arity: number | undefined,
    shown: string,
    make: (arity: number, interfaceName: string, method: string) => (...values: Value[]) => Value,
  ) {
    this.arity = arity
    this.#shown = shown
    this.#make = make
  }

  /** @throws JavaError where the interface takes another number of parameters */
  bind(lookup: ClassLookup, interfaceName: string): Functional {
    const method = lookup.get(interfaceName)?.functional
    if (method === undefined) {
      throw illegalArgument(`Cannot convert function reference [${this.#shown}] to a non-functional interface [${interfaceName}]`)
    }
    const arity = method.parameters.length
    if (this.arity !== undefined && this.arity !== arity) {
      throw illegalArgument(
        `function reference [${this.#shown}/${this.arity}] matching [${interfaceName}, ${method.name}/${arity}] not found due to an incorrect number of arguments`,
      )
    }
    return new Functional(interfaceName, adapt(lookup, method, this.#make(arity, interfaceName, method.name)))
  }
}

/** A function of `Value`s as the method of an interface. */
function adapt(lookup: ClassLookup, method: Method, call: (...values: Value[]) => Value): PlainFunction {
  const inputs = method.parameters.map(box)
  const output = method.returns === 'void' ? undefined : (findCast(lookup, 'def', method.returns, { internal: true }) ?? same)
  const [first = same, second = same] = inputs
  const finish = output === undefined ? () => null : output
  switch (inputs.length) {
    case 0:
      return () => finish(call() as never)
    case 1:
      return (a: never) => {
        step()
        return finish(call(first(a)) as never)
      }
    case 2:
      return (a: never, b: never) => {
        step()
        return finish(call(first(a), second(b)) as never)
      }
    default:
      return (...values: never[]) => {
        step()
        return finish(call(...values.map((value, at) => (inputs[at] ?? same)(value))) as never)
      }
  }
}

const same: Convert = (value: never) => value
