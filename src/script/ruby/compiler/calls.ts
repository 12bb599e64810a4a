import { Float } from '../../../core/float.ts'
import { fieldPath, FieldPathError } from '../../../core/field-path.ts'
import { fromField, toField } from '../convert.ts'
import { callFunction, isFunction } from '../dispatch.ts'
import { NameError, raise, StandardError } from '../errors.ts'
import { add, divide, modulo, multiply, subtract } from '../numbers.ts'
import { equal, order, truthy } from '../semantics.ts'
import { readHash } from '../classes/hash.ts'
import { REvent, RHash, type RProc, RString, type Value } from '../value.ts'
import { blocks, compileBlock, toBlock } from './blocks.ts'
import { BreakSignal, contains, type Code, type Compile, type Frame, type Node, type NodeCompilers, type Scope } from './code.ts'
import { compileItems } from './literals.ts'
import { andAssignment, operatorAssignment, orAssignment, unsupported, type Place } from './variables.ts'

interface CallParts {
  readonly receiver: Node | null
  readonly name: string
  readonly arguments_: { readonly arguments_: Node[] } | null
  readonly block: Node | null
  isSafeNavigation(): boolean
  /** Could be a local variable as well, by its looks. */
  isVariableCall(): boolean
}

type BinaryOperator = (frame: Frame, left: Value, right: Value) => Value

const isReal = (value: Value): value is number | Float => typeof value === 'number' || value instanceof Float

/** Operators on numbers without a look-up of methods. */
const OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  '+': (frame, a, b) => (isReal(a) ? add(a, b) : frame.machine.send(a, '+', [b])),
  '-': (frame, a, b) => (isReal(a) ? subtract(a, b) : frame.machine.send(a, '-', [b])),
  '*': (frame, a, b) => (isReal(a) ? multiply(a, b) : frame.machine.send(a, '*', [b])),
  '/': (frame, a, b) => (isReal(a) ? divide(a, b) : frame.machine.send(a, '/', [b])),
  '%': (frame, a, b) => (isReal(a) ? modulo(a, b) : frame.machine.send(a, '%', [b])),
  '<': (frame, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a < b : isReal(a) ? order(a, b) < 0 : frame.machine.send(a, '<', [b]),
  '>': (frame, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a > b : isReal(a) ? order(a, b) > 0 : frame.machine.send(a, '>', [b]),
  '<=': (frame, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a <= b : isReal(a) ? order(a, b) <= 0 : frame.machine.send(a, '<=', [b]),
  '>=': (frame, a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a >= b : isReal(a) ? order(a, b) >= 0 : frame.machine.send(a, '>=', [b]),
  '==': (frame, a, b) => (isReal(a) || a instanceof RString || a === null ? equal(a, b) : frame.machine.send(a, '==', [b])),
  '!=': (frame, a, b) =>
    !truthy(isReal(a) || a instanceof RString || a === null ? equal(a, b) : frame.machine.send(a, '==', [b])),
  '[]': (frame, a, b) => (a instanceof RHash ? readHash(a, b) : frame.machine.send(a, '[]', [b])),
}

function compileCall(node: CallParts, scope: Scope, compile: Compile): Code {
  const { name } = node
  const argumentNodes = node.arguments_?.arguments_ ?? []
  const block = compileBlockArgument(node.block, scope, compile)
  if (node.receiver === null) {
    if (name === 'block_given?') return (frame) => frame.call.block !== undefined
    const args = compileItems(argumentNodes, scope, compile)
    if (node.isVariableCall()) {
      return (frame) => {
        if (!isFunction(frame.machine, name)) raise(NameError, `undefined local variable or method \`${name}' for the filter`)
        return callFunction(frame.machine, name, [], undefined)
      }
    }
    if (block === undefined) return (frame) => callFunction(frame.machine, name, args(frame), undefined)
    return block((frame, proc) => callFunction(frame.machine, name, args(frame), proc))
  }
  const receiver = compile(node.receiver, scope)
  const safe = node.isSafeNavigation()
  const [only] = argumentNodes
  if (block === undefined && !safe) {
    const fast =
      name === '!' && argumentNodes.length === 0
        ? compileNot(receiver)
        : compileEventCall(receiver, name, argumentNodes, scope, compile)
    if (fast !== undefined) return fast
    const operator = OPERATORS[name]
    if (operator !== undefined && argumentNodes.length === 1 && only !== undefined && only.constructor.name !== 'SplatNode') {
      const right = compile(only, scope)
      return (frame) => {
        frame.machine.step()
        return operator(frame, receiver(frame), right(frame))
      }
    }
    if (argumentNodes.length === 0) return (frame) => frame.machine.send(receiver(frame), name)
  }
  const args = compileItems(argumentNodes, scope, compile)
  const writes = /^\w+=$|^\[\]=$/.test(name)
  const call = (frame: Frame, proc: RProc | undefined): Value => {
    const value = receiver(frame)
    if (safe && value === null) return null
    const list = args(frame)
    const result = frame.machine.send(value, name, list, proc)
    // `a.b = c` is c, whatever the method answers.
    return writes ? (list.at(-1) ?? null) : result
  }
  return block === undefined ? (frame) => call(frame, undefined) : block(call)
}

function compileNot(receiver: Code): Code {
  return (frame) => !truthy(receiver(frame))
}

/** `event.get("name")` and `event.set("name", …)` with a reference that is written out: compiled once. */
function compileEventCall(receiver: Code, name: string, args: readonly Node[], scope: Scope, compile: Compile): Code | undefined {
  const [first, second] = args
  if ((name !== 'get' || args.length !== 1) && (name !== 'set' || args.length !== 2)) return undefined
  if (first?.constructor.name !== 'StringNode') return undefined
  const { value: reference } = (first as unknown as { unescaped: { value: string } }).unescaped
  const path = fieldPath(reference)
  if (second === undefined) {
    return (frame) => {
      const subject = receiver(frame)
      frame.machine.step()
      return subject instanceof REvent
        ? fromField(path.get(subject.event))
        : frame.machine.send(subject, name, [new RString(reference)])
    }
  }
  // The time of an event is checked by the method.
  if (path.keys[0] === '@timestamp') return undefined
  const value = compile(second, scope)
  return (frame) => {
    const subject = receiver(frame)
    const result = value(frame)
    frame.machine.step()
    if (!(subject instanceof REvent)) return frame.machine.send(subject, name, [new RString(reference), result])
    try {
      path.set(subject.event, toField(result))
    } catch (error) {
      if (error instanceof FieldPathError) raise(StandardError, error.message)
      throw error
    }
    return result
  }
}

/** A literal block or `&value`; `break` within it ends the call. */
function compileBlockArgument(
  node: Node | null,
  scope: Scope,
  compile: Compile,
): ((call: (frame: Frame, proc: RProc | undefined) => Value) => Code) | undefined {
  if (node === null) return undefined
  if (node.constructor.name === 'BlockArgumentNode') {
    const { expression } = node as unknown as { expression: Node | null }
    if (expression === null) return (call) => (frame) => call(frame, frame.call.block)
    const value = compile(expression, scope)
    return (call) => (frame) => call(frame, toBlock(frame, value(frame)))
  }
  const literal = node as unknown as {
    readonly locals: readonly string[]
    readonly parameters: Node | null
    readonly body: Node | null
  }
  const make = compileBlock(literal, scope, compile)
  if (!contains(literal.body, ['BreakNode'], ['LambdaNode', 'DefNode', 'WhileNode', 'UntilNode', 'ForNode', 'BlockNode']))
    return (call) => (frame) => call(frame, make(frame, undefined))
  return (call) => (frame) => {
    const tag = {}
    try {
      return call(frame, make(frame, tag))
    } catch (error) {
      if (error instanceof BreakSignal && error.tag === tag) return error.value
      throw error
    }
  }
}

interface IndexParts {
  readonly receiver: Node | null
  readonly arguments_: { readonly arguments_: Node[] } | null
  readonly value: Node
}

/** An element `a[b]`, whose receiver and index are computed once for reading and writing. */
function elementOf(node: IndexParts, scope: Scope, compile: Compile, then: (place: Place) => Code): Code {
  const receiver = node.receiver === null ? (frame: Frame) => frame.machine.self : compile(node.receiver, scope)
  const args = compileItems(node.arguments_?.arguments_ ?? [], scope, compile)
  // Computed first, and kept where no other run of the same code can reach it.
  const slots: { readonly object: Value; readonly index: readonly Value[] }[] = []
  const current = () => slots.at(-1) ?? { object: null, index: [] }
  const code = then({
    read: (frame) => {
      const { object, index } = current()
      const [key] = index
      return object instanceof RHash && index.length === 1 && key !== undefined
        ? readHash(object, key)
        : frame.machine.send(object, '[]', index)
    },
    write: (frame, value) => {
      const { object, index } = current()
      frame.machine.send(object, '[]=', [...index, value])
    },
  })
  return (frame) => {
    slots.push({ object: receiver(frame), index: args(frame) })
    try {
      return code(frame)
    } finally {
      slots.pop()
    }
  }
}

interface AttributeParts {
  readonly receiver: Node | null
  readonly readName: string
  readonly value: Node
  isSafeNavigation(): boolean
}

/** An attribute `a.b`, whose receiver is computed once. */
function attributeOf(node: AttributeParts, scope: Scope, compile: Compile, then: (place: Place) => Code): Code {
  const receiver = node.receiver === null ? (frame: Frame) => frame.machine.self : compile(node.receiver, scope)
  const objects: Value[] = []
  const code = then({
    read: (frame) => frame.machine.send(objects.at(-1) ?? null, node.readName),
    write: (frame, value) => void frame.machine.send(objects.at(-1) ?? null, `${node.readName}=`, [value]),
  })
  return (frame) => {
    const object = receiver(frame)
    if (object === null && node.isSafeNavigation()) return null
    objects.push(object)
    try {
      return code(frame)
    } finally {
      objects.pop()
    }
  }
}

export const calls: NodeCompilers = {
  ...blocks,
  CallNode: (node, scope, compile) => compileCall(node, scope, compile),
  IndexOrWriteNode: (node, scope, compile) =>
    elementOf(node, scope, compile, (place) => orAssignment(place, compile(node.value, scope))),
  IndexAndWriteNode: (node, scope, compile) =>
    elementOf(node, scope, compile, (place) => andAssignment(place, compile(node.value, scope))),
  IndexOperatorWriteNode: (node, scope, compile) =>
    elementOf(node, scope, compile, (place) => operatorAssignment(place, node.binaryOperator, compile(node.value, scope))),
  CallOrWriteNode: (node, scope, compile) =>
    attributeOf(node, scope, compile, (place) => orAssignment(place, compile(node.value, scope))),
  CallAndWriteNode: (node, scope, compile) =>
    attributeOf(node, scope, compile, (place) => andAssignment(place, compile(node.value, scope))),
  CallOperatorWriteNode: (node, scope, compile) =>
    attributeOf(node, scope, compile, (place) => operatorAssignment(place, node.binaryOperator, compile(node.value, scope))),
  MatchWriteNode: (node, scope, compile) => {
    const call = compile(node.call, scope)
    const targets = (node.targets as unknown as readonly { readonly name: string; readonly depth: number }[]).map(
      ({ name, depth }) => ({ name, depth }),
    )
    const places = targets.map(({ name, depth }) => {
      let owner: Scope = scope
      for (let i = 0; i < depth; i++) owner = owner.parent ?? owner
      return { name, depth, index: owner.names.indexOf(name) }
    })
    return (frame) => {
      const result = call(frame)
      const match = frame.machine.lastMatch
      for (const { name, depth, index } of places) {
        let owner: Frame = frame
        for (let i = 0; i < depth; i++) owner = owner.parent ?? owner
        const group = result === null ? undefined : match?.groups[match.names.indexOf(name)]
        owner.vars[index] = group === undefined ? null : new RString(group)
      }
      return result
    }
  },
  MatchLastLineNode: (node, scope) => unsupported(node, scope, 'a pattern alone as a condition'),
  XStringNode: (node, scope) => unsupported(node, scope, 'running a command'),
  InterpolatedXStringNode: (node, scope) => unsupported(node, scope, 'running a command'),
  SuperNode: (node, scope) => unsupported(node, scope, 'super'),
  ForwardingSuperNode: (node, scope) => unsupported(node, scope, 'super'),
  ClassNode: (node, scope) => unsupported(node, scope, 'defining a class'),
  ModuleNode: (node, scope) => unsupported(node, scope, 'defining a module'),
  SingletonClassNode: (node, scope) => unsupported(node, scope, 'opening a class'),
}
