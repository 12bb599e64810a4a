import { FrozenError, LocalJumpError, raise, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { classOf, inspect } from '../semantics.ts'
import type { RProc } from '../value.ts'
import { RString, RSymbol, type Value } from '../value.ts'

type Body<Self> = (machine: Machine, self: Self, args: readonly Value[], block: RProc | undefined) => Value

/** A method of a class: how many arguments it takes, and what it does. */
export interface Method {
  readonly min: number
  readonly max: number
  readonly call: Body<never>
}

export type MethodTable = ReadonlyMap<string, Method>

/** A method that takes `min` to `max` arguments; `Infinity` for any number. */
export function def<Self>(min: number, max: number, call: Body<Self>): Method {
  return { min, max, call: call }
}

/** Methods by name; several tables joined, later ones first. */
export function table(...parts: readonly Readonly<Record<string, Method>>[]): MethodTable {
  const methods = new Map<string, Method>()
  for (const part of parts) for (const [name, method] of Object.entries(part)) methods.set(name, method)
  return methods
}

/** Further names of methods: `{ length: 'size' }` makes `length` another name of `size`. */
export function aliases(
  methods: Readonly<Record<string, Method>>,
  names: Readonly<Record<string, string>>,
): Record<string, Method> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([alias, name]) => {
      const method = methods[name]
      return method === undefined ? [] : [[alias, method]]
    }),
  )
}

export function text(value: string): RString {
  return new RString(value)
}

/** Text of an argument. @throws RubyError `TypeError` */
export function textOf(value: Value | undefined): string {
  if (value instanceof RString) return value.value
  const what = value === undefined || value === null ? 'nil' : classOf(value).name
  return raise(TypeErrorClass, `no implicit conversion of ${what} into String`)
}

/** Text of a string or symbol. @throws RubyError `TypeError` */
export function nameOf(value: Value | undefined): string {
  if (value instanceof RSymbol) return value.name
  if (value instanceof RString) return value.value
  return raise(TypeErrorClass, `${inspect(value ?? null)} is not a symbol nor a string`)
}

export function needBlock(block: RProc | undefined): RProc {
  return block ?? raise(LocalJumpError, 'no block given (yield)')
}

export function checkFrozen(value: { readonly frozen: boolean } & Value): void {
  if (value.frozen) raise(FrozenError, `can't modify frozen ${classOf(value).name}: ${inspect(value)}`)
}
