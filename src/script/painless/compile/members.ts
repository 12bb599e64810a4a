import { charge, step } from '../budget.ts'
import { box } from '../casts.ts'
import type { ClassInfo, Method } from '../class-table.ts'
import { illegalArgument, indexOutOfBounds, JavaError, nullPointer } from '../java-error.ts'
import { isExpression, type Argument, type Expression } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { boxedType, defaultOf, elementType, isPrimitive, OBJECT, type Type } from '../types.ts'
import { JavaArray, listOf, isList } from '../values/collections.ts'
import { getMember, JavaMap, mapOf } from '../values/maps.ts'
import { classNameOf, isPlainMap, type Value } from '../values/value.ts'
import { asDef, cast, resolveType, type Compiling } from './compiling.ts'
import { AT, BINDINGS, type Bindings, type Eval, type Frame, ofTwo, type Typed } from './frame.ts'
import { DynamicCall, findDynamic, prepareMethod } from './invoke.ts'
import { compileLambda, compileReference, unboundArgument } from './lambdas.ts'
import type { Scope } from './scope.ts'

/** What stands before a dot: a value, or a type for its static members. */
export type Owner = { readonly kind: 'value'; readonly typed: Typed } | { readonly kind: 'type'; readonly type: Type }

/** @throws CompileError */
export function compileOwner(compiling: Compiling, node: Expression, scope: Scope, dot: number): Owner {
  const path = dottedName(node)
  if (path !== undefined && scope.find(path.split('.')[0] ?? '') === undefined) {
    const type = compiling.lookup.resolve(path)
    if (type !== undefined) return { kind: 'type', type }
    if (node.kind === 'name') throw new CompileError(`cannot resolve symbol [${path}]`, dot)
  }
  return { kind: 'value', typed: compiling.compileExpression(node, scope) }
}

/** `a.b.c` as it is written; `undefined` for anything but names. */
function dottedName(node: Expression): string | undefined {
  if (node.kind === 'name') return node.name
  if (node.kind !== 'member' || node.nullSafe) return undefined
  const before = dottedName(node.object)
  return before === undefined ? undefined : `${before}.${node.name}`
}

type MemberNode = Extract<Expression, { kind: 'member' }>

/** `object.name`. @throws CompileError */
export function compileMember(compiling: Compiling, node: MemberNode, scope: Scope): Typed {
  const describes = 'result of dot operator [.] not used'
  const path = dottedName(node)
  if (path !== undefined && isUnknownPath(compiling, path, scope)) {
    const type = compiling.lookup.resolve(path)
    if (type !== undefined) throw new CompileError(`value required: instead found unexpected type [${type}]`, node.offset)
    throw new CompileError(`cannot resolve symbol [${path}]`, node.offset)
  }
  const owner = compileOwner(compiling, node.object, scope, node.offset)
  if (owner.kind === 'type') {
    const field = compiling.lookup.get(owner.type)?.constants.get(node.name)
    if (field === undefined) throw new CompileError(`field [${owner.type}, ${node.name}] not found`, node.offset)
    const { type, value } = field
    return { type, offset: node.offset, eval: () => value, describes }
  }
  const made = readMember(compiling, owner.typed, node)
  return { ...(node.nullSafe ? nullSafe(owner.typed, made, node.offset) : made(owner.typed.eval)), describes }
}

/** Whether a path of names begins with no variable and no type. */
function isUnknownPath(compiling: Compiling, path: string, scope: Scope): boolean {
  const parts = path.split('.')
  if (scope.find(parts[0] ?? '') !== undefined) return false
  return !parts.some((_, at) => at < parts.length - 1 && compiling.lookup.resolve(parts.slice(0, at + 1).join('.')) !== undefined)
}

/** Makes the read of something from an object, given how the object is had. */
type Reading = (object: Eval) => Typed

/** `object?.what`: null where the object is. */
function nullSafe(object: Typed, reading: Reading, offset: number): Typed {
  if (isPrimitive(object.type)) throw new CompileError('Result of null safe operator must be nullable', offset)
  let current: unknown
  const inner = reading(() => current)
  if (isPrimitive(inner.type)) throw new CompileError('Result of null safe operator must be nullable', offset)
  const { eval: get } = object
  return {
    ...inner,
    eval(frame) {
      const value = get(frame)
      if (value === null) return null
      current = value
      return inner.eval(frame)
    },
  }
}

function readMember(compiling: Compiling, object: Typed, { name, offset }: MemberNode): Reading {
  const { type } = object
  if (type === 'def') {
    return (get) => {
      const read = dynamicGetter(compiling, name)
      return {
        type: 'def',
        offset,
        eval(frame) {
          const value = get(frame)
          frame[AT] = offset
          return read(value)
        },
      }
    }
  }
  if (type.endsWith('[]') && name === 'length') {
    return (get) => ({
      type: 'int',
      offset,
      eval(frame) {
        const array = get(frame)
        if (array instanceof JavaArray) return array.items.length
        frame[AT] = offset
        throw nullPointer('Cannot read the array length because the array is null')
      },
    })
  }
  const info = compiling.lookup.get(boxedType(type))
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  const getter = info?.methods.get(`get${capital}/0`) ?? info?.methods.get(`is${capital}/0`)
  if (info && getter) return (get) => callMethod(compiling, info, getter, get, [], offset, type)
  if (compiling.lookup.isAssignable(type, 'java.util.Map') && type !== OBJECT) {
    return (get) => ({ type: 'def', offset, eval: mapRead(get, () => name, offset) })
  }
  if (compiling.lookup.isAssignable(type, 'java.util.List') && type !== OBJECT) {
    const index = listIndex(name, offset)
    return (get) => ({ type: 'def', offset, eval: listRead(get, () => index, offset) })
  }
  throw new CompileError(`field [${type}, ${name}] not found`, offset)
}

/** @throws CompileError */
export function listIndex(name: string, offset: number): number {
  if (!/^\d+$/.test(name)) throw new CompileError(`invalid list index [${name}]`, offset)
  return Number(name)
}

export function mapRead(get: Eval, key: Eval, offset: number): Eval {
  return (frame) => {
    const map = get(frame)
    const name = key(frame)
    if (typeof name === 'string' && isPlainMap(map)) return getMember(map, name)
    frame[AT] = offset
    if (map === null) throw nullPointer('Cannot invoke "java.util.Map.get(Object)" because the map is null')
    return mapOf(map).get(name)
  }
}

export function listRead(get: Eval, index: Eval, offset: number): Eval {
  return (frame) => {
    const list = get(frame)
    const at = index(frame) as number
    frame[AT] = offset
    return elementOfList(list, at)
  }
}

/** Negative indexes count from the end. @throws JavaError */
export function elementOfList(list: Value, index: number): Value {
  if (list === null) throw nullPointer('Cannot invoke "java.util.List.get(int)" because the list is null')
  const { items } = Array.isArray(list) ? { items: list as Value[] } : listOf(list)
  const at = index < 0 ? index + items.length : index
  if (at < 0 || at >= items.length) throw indexOutOfBounds(at, items.length)
  return items[at] ?? null
}

/** Reads a member of whatever a `def` holds. */
export function dynamicGetter({ lookup }: Compiling, name: string): (value: Value) => Value {
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  let lastClass = ''
  let read: (value: Value) => Value = () => null
  return (value) => {
    if (isPlainMap(value)) return getMember(value, name)
    if (value === null) throw nullPointer('Cannot invoke "Object.getClass()" because "callArgs[0]" is null')
    const className = classNameOf(value)
    if (className !== lastClass) {
      read = findGetter(className, value)
      lastClass = className
    }
    return read(value)
  }

  function findGetter(className: string, value: Value): (value: Value) => Value {
    if (value instanceof JavaArray && name === 'length') return (array) => (array as JavaArray).items.length
    const getter = findDynamic(lookup, className, `get${capital}`, 0) ?? findDynamic(lookup, className, `is${capital}`, 0)
    if (getter) return (self) => getter.callDynamic(self, [])
    if (value instanceof JavaMap) return (map) => (map as JavaMap).get(name)
    if (isList(value)) {
      if (!/^\d+$/.test(name)) throw illegalArgument(`Illegal list shortcut value [${name}].`)
      return (list) => elementOfList(list, Number(name))
    }
    throw illegalArgument(`dynamic getter [${className}, ${name}] not found`)
  }
}

type ElementNode = Extract<Expression, { kind: 'element' }>

/** `object[index]`. @throws CompileError */
export function compileElement(compiling: Compiling, node: ElementNode, scope: Scope): Typed {
  const object = compiling.compileExpression(node.object, scope)
  const index = compiling.compileExpression(node.index, scope)
  return { ...readElement(compiling, object, index, node.offset), describes: 'result of brace operator not used' }
}

export function readElement(compiling: Compiling, object: Typed, index: Typed, offset: number): Typed {
  const element = elementType(object.type)
  if (element !== undefined) {
    const at = cast(compiling, index, 'int').eval
    return { type: element, offset, eval: arrayRead(object.eval, at, offset) }
  }
  if (object.type === 'def') return ofTwo('def', offset, object.eval, asDef(compiling, index), dynamicElement)
  if (object.type !== OBJECT && compiling.lookup.isAssignable(object.type, 'java.util.Map')) {
    // What a key is boxed by is the last place that Java knows of.
    const at = index.type === 'def' ? offset : index.offset
    return { type: 'def', offset, eval: mapRead(object.eval, asDef(compiling, index), at) }
  }
  if (object.type !== OBJECT && compiling.lookup.isAssignable(object.type, 'java.util.List')) {
    return { type: 'def', offset, eval: listRead(object.eval, cast(compiling, index, 'int').eval, offset) }
  }
  throw new CompileError(`Illegal array access on type [${object.type}].`, offset)
}

export function arrayRead(get: Eval, index: Eval, offset: number): Eval {
  return (frame) => {
    const array = get(frame)
    const at = index(frame) as number
    frame[AT] = offset
    return arrayItems(array)[arrayPlace(array as JavaArray, at)]
  }
}

/** @throws JavaError for no array */
export function arrayItems(array: unknown): unknown[] {
  if (array instanceof JavaArray) return array.items
  throw nullPointer('Cannot load from array because the array is null')
}

/** Negative indexes count from the end. @throws JavaError */
export function arrayPlace({ items }: JavaArray, index: number): number {
  const at = index < 0 ? index + items.length : index
  if (at >= 0 && at < items.length) return at
  throw new JavaError('java.lang.ArrayIndexOutOfBoundsException', `Index ${at} out of bounds for length ${items.length}`)
}

export function dynamicElement(value: Value, key: Value): Value {
  if (isPlainMap(value)) return typeof key === 'string' ? getMember(value, key) : null
  if (value instanceof JavaMap) return value.get(key)
  if (value instanceof JavaArray) return box(value.elementType)(value.items[arrayPlace(value, indexOf(key))] as never)
  if (isList(value)) return elementOfList(value, indexOf(key))
  throw notArrayLike(value)
}

/** @throws JavaError where a key is no index */
export function indexOf(key: Value): number {
  if (typeof key === 'number' && Number.isInteger(key)) return key
  throw new JavaError(
    'java.lang.invoke.WrongMethodTypeException',
    `cannot use [${key === null ? 'null' : classNameOf(key)}] as the index of a list: an int is needed`,
  )
}

export function notArrayLike(value: Value): Error {
  if (value === null) return nullPointer('Cannot invoke "Object.getClass()" because "callArgs[0]" is null')
  return illegalArgument(`Attempting to address a non-array-like type [${classNameOf(value)}] as an array.`)
}

// --- calls ---

type CallNode = Extract<Expression, { kind: 'call' }>

/** `object.name(arguments)`. @throws CompileError */
export function compileCall(compiling: Compiling, node: CallNode, scope: Scope): Typed {
  const { name, offset } = node
  const owner = compileOwner(compiling, node.object, scope, offset)
  const key = `${name}/${node.arguments.length}`
  if (owner.kind === 'type') {
    const info = compiling.lookup.get(owner.type)
    const method = info?.statics.get(key)
    if (!info || !method) throw new CompileError(`static method [${owner.type}, ${key}] not found`, offset)
    return callMethod(compiling, info, method, () => null, node.arguments, offset, owner.type, scope)
  }
  const { typed } = owner
  if (typed.type === 'def') {
    const reading: Reading = (get) => callDynamic(compiling, node, get, scope)
    return node.nullSafe ? nullSafe(typed, reading, offset) : reading(typed.eval)
  }
  const info = compiling.lookup.get(boxedType(typed.type)) ?? compiling.lookup.get(OBJECT)
  const method = info?.methods.get(key)
  if (!info || !method) throw new CompileError(`member method [${typed.type}, ${key}] not found`, offset)
  const reading: Reading = (get) => callMethod(compiling, info, method, get, node.arguments, offset, typed.type, scope)
  return node.nullSafe ? nullSafe(typed, reading, offset) : reading(typed.eval)
}

function callDynamic(compiling: Compiling, node: CallNode, get: Eval, scope: Scope): Typed {
  const { offset } = node
  const values = node.arguments.map((argument) =>
    isExpression(argument)
      ? asDef(compiling, compiling.compileExpression(argument, scope))
      : unboundArgument(compiling, argument, scope),
  )
  const call = new DynamicCall(compiling.lookup, node.name, values.length)
  const [first] = values
  let run: Eval
  if (first === undefined) {
    run = (frame) => {
      const self = get(frame)
      frame[AT] = offset
      return call.invoke(self, [])
    }
  } else if (values.length === 1) {
    run = (frame) => {
      const self = get(frame)
      const value = first(frame)
      frame[AT] = offset
      return call.invoke(self, [value])
    }
  } else {
    run = (frame) => {
      const self = get(frame)
      const all = values.map((value) => value(frame))
      frame[AT] = offset
      return call.invoke(self, all)
    }
  }
  return { type: 'def', offset, eval: run }
}

/** A call whose method is known. */
function callMethod(
  compiling: Compiling,
  info: ClassInfo,
  method: Method,
  get: Eval,
  given: readonly Argument[],
  offset: number,
  selfType: Type,
  scope?: Scope,
): Typed {
  const { call } = prepareMethod(compiling.lookup, method, info.receive)
  const values = given.map((argument, at) => compileArgument(compiling, argument, method.parameters[at] ?? 'def', scope as Scope))
  const wrap = isPrimitive(selfType) ? box(selfType) : undefined
  const self: Eval = wrap === undefined ? get : (frame) => wrap(get(frame) as never)
  const type = method.returns
  const check = method.isStatic
    ? undefined
    : (value: unknown): void => {
        if (value === null) throw nullPointer(`Cannot invoke "${method.declaredBy}.${method.name}()" because value is null`)
      }
  const [first, second] = values
  let run: Eval
  if (first === undefined) {
    run = (frame) => {
      const object = self(frame)
      frame[AT] = offset
      check?.(object)
      return call(object, [])
    }
  } else if (second === undefined) {
    run = (frame) => {
      const object = self(frame)
      const value = first(frame)
      frame[AT] = offset
      check?.(object)
      return call(object, [value])
    }
  } else {
    run = (frame) => {
      const object = self(frame)
      const all = values.map((value) => value(frame))
      frame[AT] = offset
      check?.(object)
      return call(object, all)
    }
  }
  return { type, offset, eval: run }
}

/** An argument, held as the parameter's type says. */
function compileArgument(compiling: Compiling, argument: Argument, type: Type, scope: Scope): Eval {
  if (isExpression(argument)) {
    return cast(compiling, compiling.compileExpression(argument, scope), type, { internal: true }).eval
  }
  if (type === 'def') return unboundArgument(compiling, argument, scope)
  return argument.kind === 'lambda'
    ? compileLambda(compiling, argument, type, scope)
    : compileReference(compiling, argument, type, scope)
}

type LocalCallNode = Extract<Expression, { kind: 'local call' }>

/** `name(arguments)`: a function of the script, or of the context. @throws CompileError */
export function compileLocalCall(compiling: Compiling, node: LocalCallNode, scope: Scope): Typed {
  const { offset, name } = node
  const key = `${name}/${node.arguments.length}`
  const local = compiling.functions.get(key)
  if (local) {
    const values = node.arguments.map((argument, at) =>
      compileArgument(compiling, argument, local.parameters[at] ?? 'def', scope),
    )
    const run: Eval = (frame) => {
      const all = values.map((value) => value(frame))
      frame[AT] = offset
      step()
      return local.invoke(frame, all)
    }
    return { type: local.returns, offset, eval: run }
  }
  const bound = compiling.boundFunctions.get(key)
  if (bound) {
    const values = node.arguments.map((argument, at) =>
      compileArgument(compiling, argument, bound.parameters[at] ?? 'def', scope),
    )
    const call = bound.call as (bindings: Bindings, ...values: unknown[]) => unknown
    const run: Eval = (frame: Frame) => {
      const all = values.map((value) => value(frame))
      frame[AT] = offset
      return call(frame[BINDINGS] as Bindings, ...all) ?? null
    }
    return { type: bound.returns, offset, eval: run }
  }
  throw new CompileError(`Unknown call [${name}] with [${node.arguments.length}] arguments.`, offset)
}

type NewNode = Extract<Expression, { kind: 'new' }>

/** `new Type(arguments)`. @throws CompileError */
export function compileNew(compiling: Compiling, node: NewNode, scope: Scope): Typed {
  const type = resolveType(compiling, node.type, node.offset)
  const info = compiling.lookup.get(type)
  const method = info?.constructors.get(node.arguments.length)
  if (!info || !method) {
    throw new CompileError(`constructor [${type}, <init>/${node.arguments.length}] not found`, node.offset)
  }
  const made = callMethod(compiling, info, method, () => null, node.arguments, node.offset, type, scope)
  const run: Eval = (frame) => {
    charge(32)
    return made.eval(frame)
  }
  return { ...made, type, eval: run }
}

/** `new int[2][3]`. @throws CompileError */
export function compileNewArray(compiling: Compiling, node: Extract<Expression, { kind: 'new array' }>, scope: Scope): Typed {
  const type = resolveType(compiling, node.type, node.offset)
  const lengths = node.lengths.map((length) => cast(compiling, compiling.compileExpression(length, scope), 'int').eval)
  const types = lengths.map((_, at) => type + '[]'.repeat(lengths.length - at - 1))
  const make = (sizes: readonly number[], depth: number): JavaArray => {
    const size = sizes[depth] ?? 0
    if (size < 0) throw new JavaError('java.lang.NegativeArraySizeException', String(size))
    charge(8 * size)
    const element = types[depth] ?? type
    const items =
      depth + 1 < sizes.length
        ? Array.from({ length: size }, () => make(sizes, depth + 1))
        : Array.from<unknown>({ length: size }).fill(defaultOf(element))
    return new JavaArray(element, items)
  }
  const { offset } = node
  return {
    type: type + '[]'.repeat(lengths.length),
    offset,
    eval(frame) {
      const sizes = lengths.map((length) => length(frame) as number)
      frame[AT] = offset
      return make(sizes, 0)
    },
  }
}

/** `new int[] {1, 2}`. @throws CompileError */
export function compileArray(compiling: Compiling, node: Extract<Expression, { kind: 'array' }>, scope: Scope): Typed {
  const element = resolveType(compiling, node.type, node.offset)
  const items = node.items.map(
    (item) => cast(compiling, compiling.compileExpression(item, scope), element, { internal: true }).eval,
  )
  return {
    type: `${element}[]`,
    offset: node.offset,
    eval(frame) {
      charge(8 * items.length)
      return new JavaArray(
        element,
        items.map((item) => item(frame)),
      )
    },
  }
}
