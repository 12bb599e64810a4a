import type { Type } from '../types.ts'

/**
 * What one call of a function works on: some places of its own, then its variables. Plain arrays, because nothing is faster.
 */
export type Frame = unknown[]

/** Offset of what happens now, for the error that may come of it. */
export const AT = 0
/** What `return` returns. */
export const RESULT = 1
/** What the caller of the script bound: the same object in every frame of a run. */
export const BINDINGS = 2
/** Turns of all loops of this call. */
export const TURNS = 3
/** Calls that this call is within. */
export const DEPTH = 4
export const FIRST_VARIABLE = 5

/** Computes a value, held as its static type says. */
export type Eval = (frame: Frame) => unknown

/** An expression that is compiled. */
export interface Typed {
  readonly type: Type
  readonly eval: Eval
  readonly offset: number
  /** Its value where that is known already, held as the type says. */
  readonly constant?: { readonly value: unknown }
  /** `null` itself: it fits every reference. */
  readonly isNull?: boolean
  /** What it is called where it stands as a statement and does nothing. */
  readonly describes?: string
}

/** What `make` makes of two values, the left one computed first; it fails at `offset`. */
export function ofTwo(type: Type, offset: number, left: Eval, right: Eval, make: (left: never, right: never) => unknown): Typed {
  return {
    type,
    offset,
    eval(frame) {
      const a = left(frame) as never
      const b = right(frame) as never
      frame[AT] = offset
      return make(a, b)
    },
  }
}

/** How a statement ended. */
export const NORMAL = 0
export const BREAK = 1
export const CONTINUE = 2
export const RETURN = 3

export type Exec = (frame: Frame) => number

/** What a caller binds before it runs a script: its variables by name, and what functions of the context work with. */
export type Bindings = Readonly<Record<string, unknown>>
