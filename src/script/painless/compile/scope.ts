import { CompileError } from '../syntax/compile-error.ts'
import type { Type } from '../types.ts'
import { FIRST_VARIABLE } from './frame.ts'

export interface Variable {
  readonly name: string
  readonly type: Type
  /** Place in the frame of its function. */
  readonly slot: number
  readonly readOnly: boolean
}

/** One function, lambda or script: it has a frame of its own. */
export class FunctionScope {
  readonly returns: Type
  /** Of a lambda: the scope that it stands in, whose variables it takes along. */
  readonly outer: Scope | undefined
  readonly captures: { readonly from: number; readonly to: number }[] = []
  size = FIRST_VARIABLE

  constructor(returns: Type, outer?: Scope) {
    this.returns = returns
    this.outer = outer
  }

  newSlot(): number {
    this.size += 1
    return this.size - 1
  }
}

/** The variables of a block, and those around it. */
export class Scope {
  readonly function: FunctionScope
  readonly #parent: Scope | undefined
  readonly #variables = new Map<string, Variable>()
  /** Whether `break` and `continue` mean anything here. */
  readonly inLoop: boolean

  constructor(owner: FunctionScope, parent?: Scope, inLoop = parent?.inLoop ?? false) {
    this.function = owner
    this.#parent = parent
    this.inLoop = inLoop
  }

  inner(inLoop?: boolean): Scope {
    return new Scope(this.function, this, inLoop ?? this.inLoop)
  }

  find(name: string): Variable | undefined {
    const own = this.#variables.get(name) ?? this.#parent?.find(name)
    if (own) return own
    if (this.#parent !== undefined) return undefined
    const outside = this.function.outer?.find(name)
    if (!outside) return undefined
    const captured: Variable = { ...outside, slot: this.function.newSlot(), readOnly: true }
    this.function.captures.push({ from: outside.slot, to: captured.slot })
    this.#variables.set(name, captured)
    return captured
  }

  /** @throws CompileError for a name that is taken */
  declare(name: string, type: Type, offset: number, readOnly = false): Variable {
    if (this.find(name)) throw new CompileError(`variable [${name}] is already defined`, offset)
    const variable: Variable = { name, type, slot: this.function.newSlot(), readOnly }
    this.#variables.set(name, variable)
    return variable
  }
}
