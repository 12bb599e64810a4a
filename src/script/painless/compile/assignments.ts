import { illegalArgument, nullPointer, unsupported } from '../java-error.ts'
import type { Expression } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { boxedType, elementType, isNumeric, OBJECT, promoteNumbers, STRING, type Type } from '../types.ts'
import { JavaArray, isList, listOf } from '../values/collections.ts'
import { increment, longOf } from '../values/def-math.ts'
import { JavaMap, mapOf, setMember } from '../values/maps.ts'
import { doubleToInt, doubleToLong, longToInt } from '../values/long.ts'
import {
  boxDouble,
  boxLong,
  classNameOf,
  DOUBLE,
  FLOAT,
  INT,
  isPlainMap,
  JavaFloat,
  kindOf,
  LONG,
  NOT_A_NUMBER_CLASS,
  numberOf,
  type Value,
} from '../values/value.ts'
import { findCast } from '../casts.ts'
import { compileBinary } from './binary.ts'
import { asDef, cast, constant, type Compiling } from './compiling.ts'
import { AT, type Eval, type Frame, type Typed } from './frame.ts'
import { findDynamic, prepareMethod } from './invoke.ts'
import {
  arrayItems,
  arrayPlace,
  compileOwner,
  dynamicElement,
  dynamicGetter,
  elementOfList,
  indexOf,
  listIndex,
  notArrayLike,
} from './members.ts'
import type { Scope } from './scope.ts'

type AssignNode = Extract<Expression, { kind: 'assign' }>
type StepNode = Extract<Expression, { kind: 'step' }>

/**
 * A place that can be assigned to. `open` computes what leads there (object, index), once, into places of the frame that
 * `get` and `set` read.
 */
interface Place {
  readonly type: Type
  readonly open: (frame: Frame) => void
  readonly get: Eval
  readonly set: (frame: Frame, value: unknown) => void
}

/** `target = value`, `target += value`. @throws CompileError */
export function compileAssign(compiling: Compiling, node: AssignNode, scope: Scope): Typed {
  const place = compilePlace(compiling, node.target, scope)
  const { open, set, type } = place
  const { offset } = node
  const right = compiling.compileExpression(node.value, scope)
  const made =
    node.operator === undefined
      ? cast(compiling, right, type).eval
      : combine(compiling, node, { type, offset, eval: place.get }, right)
  return {
    type,
    offset,
    eval(frame) {
      open(frame)
      const value = made(frame)
      frame[AT] = offset
      set(frame, value)
      return value
    },
  }
}

/** The value of `target operator right`, back in the target's type. */
function combine(compiling: Compiling, { operator, offset }: AssignNode, target: Typed, right: Typed): Eval {
  if (operator === undefined) return right.eval
  if (operator === '+' && right.type === STRING && target.type !== STRING) {
    // Painless makes a text of both, which only a target that holds one takes.
    return cast(compiling, compileBinary(compiling, '+', cast(compiling, target, STRING), right, offset), target.type).eval
  }
  const made = compileBinary(compiling, operator, target, right, offset)
  if (target.type === 'def') return (frame) => likeBefore(target.eval(frame), made.eval(frame))
  return cast(compiling, { ...made, offset }, target.type, { explicit: true }).eval
}

/** A `def` that holds a number keeps its class through `+=` and the like: 7 `+=` 1.5 is 8. */
function likeBefore(before: Value, made: Value): Value {
  const kind = kindOf(before)
  if (kind === NOT_A_NUMBER_CLASS || kindOf(made) === NOT_A_NUMBER_CLASS || kindOf(made) === kind) return made
  const number = numberOf(made)
  switch (kind) {
    case INT:
      return kindOf(made) === LONG ? longToInt(longOf(made)) : doubleToInt(number)
    case LONG:
      return boxLong(kindOf(made) > LONG ? doubleToLong(number) : longOf(made))
    case FLOAT:
      return new JavaFloat(Math.fround(number))
    case DOUBLE:
      return boxDouble(number)
    default:
      return made
  }
}

/** `++target`, `target--`. @throws CompileError */
export function compileStep(compiling: Compiling, node: StepNode, scope: Scope): Typed {
  const { offset, by, postfix } = node
  const place = compilePlace(compiling, node.target, scope)
  const { open, get, set, type } = place
  const next = stepped(compiling, type, get, by, offset)
  return {
    type,
    offset,
    eval(frame) {
      open(frame)
      const before = get(frame)
      const after = next(frame)
      frame[AT] = offset
      set(frame, after)
      return postfix ? before : after
    },
  }
}

function stepped(compiling: Compiling, type: Type, get: Eval, by: 1 | -1, offset: number): Eval {
  if (type === 'def') {
    return (frame) => {
      const value = get(frame)
      frame[AT] = offset
      return increment(value, by)
    }
  }
  if (type === 'int') return (frame) => ((get(frame) as number) + by) | 0
  if (type === 'double') return (frame) => (get(frame) as number) + by
  const promoted = isNumeric(type) ? (promoteNumbers(type, 'int') ?? 'int') : 'int'
  const one = constant(promoted, by, offset)
  const sum = compileBinary(compiling, '+', { type, offset, eval: get }, one, offset)
  return cast(compiling, sum, type, { explicit: true }).eval
}

const nothing = (): void => {}

function compilePlace(compiling: Compiling, target: Expression, scope: Scope): Place {
  switch (target.kind) {
    case 'name':
      return variablePlace(compiling, target.name, scope, target.offset)
    case 'member':
      return memberPlace(compiling, target, scope)
    case 'element':
      return elementPlace(compiling, target, scope)
    default: {
      const { describes = 'it' } = compiling.compileExpression(target, scope)
      const shown = describes.replace('result not used from ', '').replace(' not used', '')
      throw new CompileError(`invalid assignment: cannot assign a value to ${shown}`, target.offset)
    }
  }
}

function variablePlace(compiling: Compiling, name: string, scope: Scope, offset: number): Place {
  const variable = scope.find(name)
  if (!variable) {
    const type = compiling.lookup.resolve(name)
    if (type !== undefined) throw new CompileError(`invalid assignment: cannot assign a value to static type [${type}]`, offset)
    throw new CompileError(`cannot resolve symbol [${name}]`, offset)
  }
  const { slot, type, readOnly } = variable
  if (readOnly) throw new CompileError(`Variable [${name}] is read-only.`, offset)
  return {
    type,
    open: nothing,
    get: (frame) => frame[slot],
    set(frame, value) {
      frame[slot] = value
    },
  }
}

function memberPlace(compiling: Compiling, node: Extract<Expression, { kind: 'member' }>, scope: Scope): Place {
  const { name, offset } = node
  const owner = compileOwner(compiling, node.object, scope, node.offset)
  if (owner.kind === 'type') {
    if (compiling.lookup.get(owner.type)?.constants.has(name) === true) {
      throw new CompileError(`invalid assignment: cannot assign a value to read-only field [${name}]`, offset)
    }
    throw new CompileError(`field [${owner.type}, ${name}] not found`, offset)
  }
  const { type, eval: object } = owner.typed
  const slot = scope.function.newSlot()
  const open = (frame: Frame): void => {
    frame[slot] = object(frame)
  }
  if (type === 'def') {
    const read = dynamicGetter(compiling, name)
    const write = dynamicSetter(compiling, name)
    return { type, open, get: (frame) => read(frame[slot]), set: (frame, value) => write(frame[slot], value) }
  }
  const { lookup } = compiling
  const info = lookup.get(boxedType(type))
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  const getter = info?.methods.get(`get${capital}/0`) ?? info?.methods.get(`is${capital}/0`)
  const setter = info?.methods.get(`set${capital}/1`)
  if (info && setter) {
    const set = prepareMethod(lookup, setter, info.receive)
    const get = getter === undefined ? undefined : prepareMethod(lookup, getter, info.receive)
    return {
      type: setter.parameters[0] ?? 'def',
      open,
      get: (frame) => get?.call(frame[slot], []) ?? null,
      set: (frame, value) => void set.call(frame[slot], [value]),
    }
  }
  if (info && getter) {
    throw new CompileError(`invalid assignment: cannot assign a value to read-only field [${name}]`, offset)
  }
  if (type !== OBJECT && lookup.isAssignable(type, 'java.util.Map')) {
    return {
      type: 'def',
      open,
      get: (frame) => mapOf(notNull(frame[slot])).get(name),
      set: (frame, value) => putMember(frame[slot], name, value),
    }
  }
  if (type !== OBJECT && lookup.isAssignable(type, 'java.util.List')) {
    const index = listIndex(name, offset)
    return {
      type: 'def',
      open,
      get: (frame) => elementOfList(frame[slot], index),
      set: (frame, value) => setElementOfList(frame[slot], index, value),
    }
  }
  throw new CompileError(`field [${type}, ${name}] not found`, offset)
}

function elementPlace(compiling: Compiling, node: Extract<Expression, { kind: 'element' }>, scope: Scope): Place {
  const object = compiling.compileExpression(node.object, scope)
  const index = compiling.compileExpression(node.index, scope)
  const { offset } = node
  const [slot, indexSlot] = [scope.function.newSlot(), scope.function.newSlot()]
  const opening = (key: Eval) => (frame: Frame) => {
    frame[slot] = object.eval(frame)
    frame[indexSlot] = key(frame)
    frame[AT] = offset
  }
  const element = elementType(object.type)
  if (element !== undefined) {
    const place = (frame: Frame): number => arrayPlace(frame[slot] as JavaArray, frame[indexSlot] as number)
    return {
      type: element,
      open: opening(cast(compiling, index, 'int').eval),
      get: (frame) => arrayItems(frame[slot])[place(frame)],
      set(frame, value) {
        arrayItems(frame[slot])[place(frame)] = value
      },
    }
  }
  if (object.type === 'def') {
    return {
      type: 'def',
      open: opening(asDef(compiling, index)),
      get: (frame) => dynamicElement(frame[slot], frame[indexSlot]),
      set: (frame, value) => setDynamicElement(compiling, frame[slot], frame[indexSlot], value),
    }
  }
  if (object.type !== OBJECT && compiling.lookup.isAssignable(object.type, 'java.util.Map')) {
    return {
      type: 'def',
      open: opening(asDef(compiling, index)),
      get: (frame) => mapOf(notNull(frame[slot])).get(frame[indexSlot]),
      set: (frame, value) => void mapOf(notNull(frame[slot])).put(frame[indexSlot], value),
    }
  }
  if (object.type !== OBJECT && compiling.lookup.isAssignable(object.type, 'java.util.List')) {
    return {
      type: 'def',
      open: opening(cast(compiling, index, 'int').eval),
      get: (frame) => elementOfList(frame[slot], frame[indexSlot] as number),
      set: (frame, value) => setElementOfList(frame[slot], frame[indexSlot] as number, value),
    }
  }
  throw new CompileError(`Illegal array access on type [${object.type}].`, offset)
}

function notNull(value: Value): Value {
  if (value === null) throw nullPointer('Cannot invoke "Object.getClass()" because "callArgs[0]" is null')
  return value
}

function putMember(map: Value, name: string, value: Value): void {
  if (isPlainMap(map)) setMember(map, name, value)
  else mapOf(notNull(map)).put(name, value)
}

function setElementOfList(list: Value, index: number, value: Value): void {
  const whole = listOf(notNull(list))
  whole.setAt(index < 0 ? index + whole.size : index, value)
}

/** Sets a member of whatever a `def` holds. */
function dynamicSetter({ lookup }: Compiling, name: string): (object: Value, value: Value) => void {
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  return (object, value) => {
    if (isPlainMap(object)) {
      setMember(object, name, value)
      return
    }
    const className = classNameOf(notNull(object))
    const setter = findDynamic(lookup, className, `set${capital}`, 1)
    if (setter) setter.callDynamic(object, [value])
    else if (object instanceof JavaMap) object.put(name, value)
    else if (isList(object)) {
      if (!/^\d+$/.test(name)) throw illegalArgument(`Illegal list shortcut value [${name}].`)
      setElementOfList(object, Number(name), value)
    } else throw illegalArgument(`dynamic setter [${className}, ${name}] not found`)
  }
}

function setDynamicElement({ lookup }: Compiling, object: Value, key: Value, value: Value): void {
  if (object instanceof JavaMap) object.put(key, value)
  else if (isPlainMap(object)) mapOf(object).put(key, value)
  else if (object instanceof JavaArray) {
    const convert = findCast(lookup, 'def', object.elementType, { internal: true })
    if (convert === undefined) throw unsupported()
    object.items[arrayPlace(object, indexOf(key))] = convert(value as never)
  } else if (isList(object)) setElementOfList(object, indexOf(key), value)
  else throw notArrayLike(object)
}
