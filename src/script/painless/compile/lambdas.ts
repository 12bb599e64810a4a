import { MAX_CALL_DEPTH, step } from '../budget.ts'
import { box, findCast, type Convert } from '../casts.ts'
import type { Method } from '../class-table.ts'
import { illegalArgument, JavaError } from '../java-error.ts'
import type { Block, FunctionReference, Lambda } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { isPrimitive, type Type } from '../types.ts'
import { JavaArray } from '../values/collections.ts'
import type { Value } from '../values/value.ts'
import { resolveType, type Compiling } from './compiling.ts'
import { AT, BINDINGS, DEPTH, FIRST_VARIABLE, RESULT, type Eval, type Exec, type Frame } from './frame.ts'
import { Functional, Unbound, type PlainFunction } from './functional.ts'
import { DynamicCall, prepareMethod } from './invoke.ts'
import { FunctionScope, Scope } from './scope.ts'

/** A frame for one call within another; what was there is empty. @throws JavaError when calls go too deep */
export function openFrame(caller: Frame, size: number): Frame {
  const depth = (caller[DEPTH] as number) + 1
  if (depth > MAX_CALL_DEPTH) throw new JavaError('java.lang.StackOverflowError', null)
  const frame: Frame = [0, null, caller[BINDINGS], 0, depth]
  for (let slot = FIRST_VARIABLE; slot < size; slot++) frame.push(null)
  return frame
}

/** The parts of a lambda that are known when it is compiled. */
interface LambdaCode {
  readonly slots: readonly number[]
  readonly captures: readonly { readonly from: number; readonly to: number }[]
  readonly size: () => number
  readonly run: Exec
}

function compileLambdaCode(
  compiling: Compiling,
  node: Lambda,
  parameters: readonly Type[],
  returns: Type,
  scope: Scope,
): LambdaCode {
  // An expression may be anything where its value is not wanted.
  const owner = new FunctionScope(node.body.kind !== 'block' && returns === 'void' ? 'def' : returns, scope)
  const inside = new Scope(owner)
  const slots = node.parameters.map(({ name, type, offset }, at) => {
    const declared = type === undefined ? (parameters[at] ?? 'def') : resolveType(compiling, type, offset)
    return inside.declare(name, declared, offset).slot
  })
  const run = compiling.compileBody(lambdaBody(node), inside)
  return { slots, captures: owner.captures, size: () => owner.size, run }
}

/** An expression is what its lambda returns; where nothing is returned, it is a statement. */
function lambdaBody({ body, offset }: Lambda): Block {
  if (body.kind === 'block') return body
  return { kind: 'block', offset, statements: [{ kind: 'expression', offset, expression: body }] }
}

/** Makes the function of a lambda, with the variables around it as they are now. */
function closeOver(code: LambdaCode, frame: Frame, inputs: readonly Convert[]): PlainFunction {
  const { slots, captures, run } = code
  const taken = captures.map(({ from }) => frame[from])
  const size = code.size()
  const [first = -1, second = -1] = slots
  const [convertFirst, convertSecond] = inputs
  const open = (): Frame => {
    step()
    const own = openFrame(frame, size)
    for (let at = 0; at < captures.length; at++) own[captures[at]?.to ?? 0] = taken[at]
    return own
  }
  const finish = (own: Frame): unknown => {
    try {
      run(own)
    } catch (error) {
      if (error instanceof JavaError) error.offsets.push(own[AT] as number)
      throw error
    }
    return own[RESULT]
  }
  switch (slots.length) {
    case 1:
      return (a: never) => {
        const own = open()
        own[first] = convertFirst === undefined ? a : convertFirst(a)
        return finish(own)
      }
    case 2:
      return (a: never, b: never) => {
        const own = open()
        own[first] = convertFirst === undefined ? a : convertFirst(a)
        own[second] = convertSecond === undefined ? b : convertSecond(b)
        return finish(own)
      }
    default:
      return (...values: never[]) => {
        const own = open()
        for (let at = 0; at < slots.length; at++) {
          const convert = inputs[at]
          own[slots[at] ?? 0] = convert === undefined ? values[at] : convert(values[at] as never)
        }
        return finish(own)
      }
  }
}

function functionalMethod(compiling: Compiling, type: Type, shown: string, offset: number): Method {
  const method = compiling.lookup.get(type)?.functional
  if (method === undefined) {
    throw new CompileError(`Cannot pass ${shown} to [${type}], not a functional interface`, offset)
  }
  return method
}

/** A lambda where its interface is known. @throws CompileError */
export function compileLambda(compiling: Compiling, node: Lambda, type: Type, scope: Scope): Eval {
  const method = functionalMethod(compiling, type, 'lambda', node.offset)
  if (method.parameters.length !== node.parameters.length) {
    throw new CompileError(`Incorrect number of parameters for [${method.name}] in [${type}]`, node.offset)
  }
  const code = compileLambdaCode(compiling, node, method.parameters, method.returns, scope)
  const inputs = node.parameters.map((parameter, at) => {
    const from = method.parameters[at] ?? 'def'
    const to = parameter.type === undefined ? from : resolveType(compiling, parameter.type, parameter.offset)
    const convert = findCast(compiling.lookup, from, to, { internal: true })
    if (convert === undefined) {
      throw new CompileError(`Cannot cast from [${from}] to [${to}].`, parameter.offset, 'class_cast_exception')
    }
    return convert
  })
  return (frame) => new Functional(type, closeOver(code, frame, inputs))
}

/** A lambda or reference as an argument of a call on a `def`. */
export function unboundArgument(compiling: Compiling, node: Lambda | FunctionReference, scope: Scope): Eval {
  if (node.kind === 'reference') return unboundReference(compiling, node, scope)
  const code = compileLambdaCode(compiling, node, [], 'def', scope)
  const inputs = node.parameters.map((parameter): Convert => {
    const to = parameter.type === undefined ? 'def' : resolveType(compiling, parameter.type, parameter.offset)
    return findCast(compiling.lookup, 'def', to, { internal: true }) ?? ((value: never) => value)
  })
  const arity = node.parameters.length
  return (frame) => {
    const call = closeOver(code, frame, inputs)
    return new Unbound(arity, 'this::lambda$synthetic$0', () => call as (...values: Value[]) => Value)
  }
}

// --- references ---

/** What a reference calls, with `Value`s in and out. */
type Referred = (...values: Value[]) => Value

/** A reference where its interface is known. @throws CompileError */
export function compileReference(compiling: Compiling, node: FunctionReference, type: Type, scope: Scope): Eval {
  const method = functionalMethod(compiling, type, 'function reference', node.offset)
  const shown = `${node.of}::${node.name}/${method.parameters.length}`
  const bind = referred(compiling, node, scope, method.parameters.length)
  if (bind === undefined) {
    throw new CompileError(
      `function reference [${shown}] matching [${type}, ${method.name}/${method.parameters.length}] not found`,
      node.offset,
    )
  }
  return (frame) => new Unbound(method.parameters.length, shown, () => bind(frame)).bind(compiling.lookup, type)
}

function unboundReference(compiling: Compiling, node: FunctionReference, scope: Scope): Eval {
  const bindings = new Map<number, ((frame: Frame) => Referred) | undefined>()
  // A variable is taken when the reference is made, so it has to be known to be one now.
  const probe = scope.find(node.of)
  if (probe === undefined && node.of !== 'this') resolveType(compiling, node.of, node.offset, 'Not a type [$].')
  return (frame) =>
    new Unbound(undefined, `${node.of}::${node.name}`, (arity, interfaceName, method) => {
      if (!bindings.has(arity)) bindings.set(arity, referred(compiling, node, scope, arity))
      const bind = bindings.get(arity)
      if (bind === undefined) {
        throw illegalArgument(
          `function reference [${node.of}::${node.name}/${arity}] matching [${interfaceName}, ${method}/${arity}] not found`,
        )
      }
      return bind(frame)
    })
}

/** Finds what a reference means for a number of arguments. */
function referred(
  compiling: Compiling,
  node: FunctionReference,
  scope: Scope,
  arity: number,
): ((frame: Frame) => Referred) | undefined {
  const { lookup } = compiling
  if (node.of === 'this') return localReference(compiling, node.name, arity)
  const variable = scope.find(node.of)
  if (variable) return capturedReference(compiling, node.name, arity, variable.slot, variable.type)
  const type = resolveType(compiling, node.of, node.offset)
  if (type.endsWith('[]')) {
    const element = type.slice(0, -2)
    return node.name === 'new' && arity === 1
      ? () => (length) =>
          new JavaArray(element, Array.from<unknown>({ length: length as number }).fill(isPrimitive(element) ? 0 : null))
      : undefined
  }
  const info = lookup.get(type)
  if (info === undefined) return undefined
  if (node.name === 'new') {
    const method = info.constructors.get(arity)
    return method === undefined ? undefined : staticReference(compiling, method)
  }
  const method = info.statics.get(`${node.name}/${arity}`)
  if (method) return staticReference(compiling, method)
  const member = info.methods.get(`${node.name}/${arity - 1}`)
  if (!member) return undefined
  const { callDynamic } = prepareMethod(lookup, member, info.receive)
  const self = findCast(lookup, 'def', type)
  return () =>
    (first, ...rest) => {
      self?.(first as never)
      return callDynamic(first, rest)
    }
}

function staticReference(compiling: Compiling, method: Method): (frame: Frame) => Referred {
  const { callDynamic } = prepareMethod(compiling.lookup, method, undefined)
  return () =>
    (...values) =>
      callDynamic(null, values)
}

function localReference(compiling: Compiling, name: string, arity: number): ((frame: Frame) => Referred) | undefined {
  const local = compiling.functions.get(`${name}/${arity}`)
  if (!local) return undefined
  const inputs = local.parameters.map(
    (type): Convert => findCast(compiling.lookup, 'def', type, { internal: true }) ?? ((value: never) => value),
  )
  const output = box(local.returns)
  return (frame) =>
    (...values) => {
      step()
      const typed = values.map((value, at) => inputs[at]?.(value as never))
      return output(local.invoke(frame, typed) as never)
    }
}

/** `list::add`: the variable is taken along. */
function capturedReference(
  compiling: Compiling,
  name: string,
  arity: number,
  slot: number,
  type: Type,
): ((frame: Frame) => Referred) | undefined {
  const wrap = box(type)
  if (type !== 'def') {
    const info = compiling.lookup.get(type)
    const method = info?.methods.get(`${name}/${arity}`)
    if (!info || !method) return undefined
    const { callDynamic } = prepareMethod(compiling.lookup, method, info.receive)
    return (frame) => {
      const self = wrap(frame[slot] as never)
      return (...values) => callDynamic(self, values)
    }
  }
  const call = new DynamicCall(compiling.lookup, name, arity)
  return (frame) => {
    const self = frame[slot]
    return (...values) => call.invoke(self, values)
  }
}
