import { findCast, type CastOptions } from '../casts.ts'
import type { ClassLookup } from '../class-table.ts'
import type { Block, Expression } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { isPrimitive, type Type } from '../types.ts'
import { AT, type Bindings, type Eval, type Exec, type Frame, type Typed } from './frame.ts'
import type { Scope } from './scope.ts'

/** A function of the script. Its body is compiled after all functions are declared, so that they can call each other. */
export interface LocalFunction {
  readonly name: string
  readonly returns: Type
  readonly parameters: readonly Type[]
  /** Runs it in a frame of its own; arguments are held as the parameters' types say. */
  invoke(caller: Frame, values: readonly unknown[]): unknown
}

/** A function that the context offers besides the methods of classes: `emit(long)`, `saturation(double, double)`. */
export interface BoundFunction {
  readonly name: string
  readonly returns: Type
  readonly parameters: readonly Type[]
  readonly call: (bindings: Bindings, ...values: never[]) => unknown
}

/** What all of one script is compiled with. */
export interface Compiling {
  readonly lookup: ClassLookup
  /** By `name/arity`. */
  readonly functions: Map<string, LocalFunction>
  readonly boundFunctions: ReadonlyMap<string, BoundFunction>
  /** Where statements begin: an error shows the one it is in. */
  readonly statementOffsets: number[]
  /** An expression whose value is used. @throws CompileError */
  compileExpression(node: Expression, scope: Scope): Typed
  /** The body of a lambda. @throws CompileError */
  compileBody(body: Block, scope: Scope): Exec
}

/** @throws CompileError for what is no type */
export function resolveType(compiling: Compiling, written: string, offset: number, what = 'Not a type [$].'): Type {
  const type = compiling.lookup.resolve(written)
  if (type === undefined) throw new CompileError(what.replace('$', written), offset)
  return type
}

/** Makes an expression one of another type. @throws CompileError where no cast leads there */
export function cast(compiling: Compiling, typed: Typed, to: Type, options: CastOptions = {}): Typed {
  if (typed.type === to) return typed
  if (typed.isNull === true) {
    if (isPrimitive(to)) throw new CompileError(`Cannot cast null to a primitive type [${to}].`, typed.offset)
    return { ...typed, type: to }
  }
  if (isLiteralFit(typed, to)) return { ...typed, type: to }
  const convert = findCast(compiling.lookup, typed.type, to, options)
  if (convert === undefined) {
    throw new CompileError(`Cannot cast from [${typed.type}] to [${to}].`, typed.offset, 'class_cast_exception')
  }
  const { eval: from, offset } = typed
  if (typed.constant !== undefined) {
    const value = convert(typed.constant.value as never)
    return { type: to, offset, eval: () => value, constant: { value } }
  }
  if (isIdentity(convert)) return { type: to, offset, eval: from }
  const canFail = !isPrimitive(typed.type)
  const run: Eval = canFail
    ? (frame) => {
        const value = from(frame)
        frame[AT] = offset
        return convert(value as never)
      }
    : (frame) => convert(from(frame) as never)
  return { type: to, offset, eval: run }
}

/** A whole number that is written out fits the narrower types whose range it is in: `byte b = 1`. */
function isLiteralFit({ type, constant: known, describes }: Typed, to: Type): boolean {
  if (type !== 'int' || known === undefined || describes?.startsWith('numeric') !== true) return false
  const range = NARROW_RANGES[to]
  return range !== undefined && (known.value as number) >= range[0] && (known.value as number) <= range[1]
}

const NARROW_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32_768, 32_767],
  char: [0, 65_535],
}

const identity = findCast(undefined as never, 'int', 'int')

function isIdentity(convert: unknown): boolean {
  return convert === identity
}

/** An expression as a `Value`: where anything may stand. */
export function asDef(compiling: Compiling, typed: Typed): Eval {
  return cast(compiling, typed, 'def').eval
}

export function constant(type: Type, value: unknown, offset: number): Typed {
  return { type, offset, eval: () => value, constant: { value } }
}
