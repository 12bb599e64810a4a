import { NameError, ObjectClass, raise } from '../errors.ts'
import { moduleConstants } from '../classes/modules.ts'
import { truthy, typeConstants } from '../semantics.ts'
import { groupOf } from '../classes/regexp.ts'
import { RClass, RString, type Value } from '../value.ts'
import { outward, type Code, type Compile, type Frame, type Node, type NodeCompilers, type Scope } from './code.ts'
import { RubySyntaxError, positionIn } from '../parser.ts'

/** Reads and writes a place: a variable, an element, an attribute. */
export interface Place {
  readonly read: Code
  readonly write: (frame: Frame, value: Value) => void
}

/** Code that is not available in filters. @throws RubySyntaxError with its place */
export function unsupported(node: Node, scope: Scope, what: string): never {
  const { line, column } = positionIn(scope.source, node.location.startOffset)
  throw new RubySyntaxError(`${what} is not available in ruby filters`, line, column)
}

export function local(name: string, depth: number, scope: Scope): Place {
  let owner: Scope = scope
  for (let i = 0; i < depth; i++) owner = owner.parent ?? owner
  const index = owner.names.indexOf(name)
  if (depth === 0)
    return { read: (frame) => frame.vars[index] ?? null, write: (frame, value) => void (frame.vars[index] = value) }
  return {
    read: (frame) => outward(frame, depth).vars[index] ?? null,
    write: (frame, value) => void (outward(frame, depth).vars[index] = value),
  }
}

function instance(name: string): Place {
  return {
    read: (frame) => frame.machine.self.variables.get(name) ?? null,
    write: (frame, value) => void frame.machine.self.variables.set(name, value),
  }
}

function global(name: string): Place {
  return {
    read: (frame) => {
      if (name === '$~') return frame.machine.lastMatch
      if (name === '$0' || name === '$PROGRAM_NAME') return new RString('ruby filter')
      return frame.machine.globals.get(name) ?? null
    },
    write: (frame, value) => void frame.machine.globals.set(name, value),
  }
}

const DATE_CLASSES: ReadonlyMap<string, Value> = new Map(
  ['DateTime', 'Date'].map((name) => [name, new RClass(name, ObjectClass)] as const),
)

function findConstant(frame: Frame, name: string): Value | undefined {
  return (
    frame.machine.constants.get(name) ??
    typeConstants.get(name) ??
    moduleConstants.get(name) ??
    DATE_CLASSES.get(name) ??
    REGEXP_OPTIONS.get(name)
  )
}

const REGEXP_OPTIONS: ReadonlyMap<string, Value> = new Map([
  ['Regexp::IGNORECASE', 1],
  ['Regexp::EXTENDED', 2],
  ['Regexp::MULTILINE', 4],
])

function constant(name: string): Code {
  return (frame) => findConstant(frame, name) ?? raise(NameError, `uninitialized constant ${name}`)
}

/** `A::B::C` as one name; `undefined` where it begins with an expression. */
function pathName(node: unknown): string | undefined {
  const { constructor, name, parent } = node as { constructor: { name: string }; name: string | null; parent?: unknown }
  if (constructor.name === 'ConstantReadNode') return name ?? ''
  if (constructor.name !== 'ConstantPathNode') return undefined
  if (parent === null) return name ?? ''
  const outer = pathName(parent)
  return outer === undefined ? undefined : `${outer}::${name}`
}

/** `a = b`: answers the value. */
export function assignment(place: Place, value: Code): Code {
  return (frame) => {
    const result = value(frame)
    place.write(frame, result)
    return result
  }
}

/** `a ||= b` */
export function orAssignment(place: Place, value: Code): Code {
  return (frame) => {
    const before = place.read(frame)
    if (truthy(before)) return before
    const result = value(frame)
    place.write(frame, result)
    return result
  }
}

/** `a &&= b` */
export function andAssignment(place: Place, value: Code): Code {
  return (frame) => {
    const before = place.read(frame)
    if (!truthy(before)) return before
    const result = value(frame)
    place.write(frame, result)
    return result
  }
}

/** `a += b` */
export function operatorAssignment(place: Place, operator: string, value: Code): Code {
  return (frame) => {
    const result = frame.machine.send(place.read(frame), operator, [value(frame)])
    place.write(frame, result)
    return result
  }
}

type NamedNode = { readonly name: string; readonly value: Node }

/** The writing forms of a kind of variable. */
const writers = (place: (node: NamedNode & { readonly depth: number }, scope: Scope) => Place) => ({
  write: (node: NamedNode, scope: Scope, compile: Compile) => assignment(place(node as never, scope), compile(node.value, scope)),
  or: (node: NamedNode, scope: Scope, compile: Compile) => orAssignment(place(node as never, scope), compile(node.value, scope)),
  and: (node: NamedNode, scope: Scope, compile: Compile) =>
    andAssignment(place(node as never, scope), compile(node.value, scope)),
  operator: (node: NamedNode & { readonly binaryOperator: string }, scope: Scope, compile: Compile) =>
    operatorAssignment(place(node as never, scope), node.binaryOperator, compile(node.value, scope)),
})

const locals = writers(({ name, depth }, scope) => local(name, depth, scope))
const instances = writers(({ name }) => instance(name))
const globals = writers(({ name }) => global(name))
const constantPlace = (name: string): Place => ({
  read: (frame) => findConstant(frame, name) ?? null,
  write: (frame, value) => void frame.machine.constants.set(name, value),
})
const constantsOf = writers(({ name }) => constantPlace(name))

export const variables: NodeCompilers = {
  LocalVariableReadNode: (node, scope) => local(node.name, node.depth, scope).read,
  LocalVariableWriteNode: locals.write,
  LocalVariableOrWriteNode: locals.or,
  LocalVariableAndWriteNode: locals.and,
  LocalVariableOperatorWriteNode: locals.operator,
  ItLocalVariableReadNode: (_node, scope) => local('it', 0, scope).read,
  InstanceVariableReadNode: (node) => instance(node.name).read,
  InstanceVariableWriteNode: instances.write,
  InstanceVariableOrWriteNode: instances.or,
  InstanceVariableAndWriteNode: instances.and,
  InstanceVariableOperatorWriteNode: instances.operator,
  ClassVariableReadNode: (node) => instance(node.name).read,
  ClassVariableWriteNode: instances.write,
  ClassVariableOrWriteNode: instances.or,
  ClassVariableAndWriteNode: instances.and,
  ClassVariableOperatorWriteNode: instances.operator,
  GlobalVariableReadNode: (node) => global(node.name).read,
  GlobalVariableWriteNode: globals.write,
  GlobalVariableOrWriteNode: globals.or,
  GlobalVariableAndWriteNode: globals.and,
  GlobalVariableOperatorWriteNode: globals.operator,
  ConstantReadNode: (node) => constant(node.name),
  ConstantPathNode: (node, scope) => constant(pathName(node) ?? unsupported(node, scope, 'a constant of an expression')),
  ConstantWriteNode: constantsOf.write,
  ConstantOrWriteNode: constantsOf.or,
  ConstantAndWriteNode: constantsOf.and,
  ConstantOperatorWriteNode: constantsOf.operator,
  NumberedReferenceReadNode: (node) => (frame) => {
    const match = frame.machine.lastMatch
    const group = match === null ? undefined : groupOf(match, node.number)
    return group === undefined ? null : new RString(group)
  },
  BackReferenceReadNode: (node) => (frame) => {
    const match = frame.machine.lastMatch
    if (match === null) return null
    switch (node.name) {
      case '$&':
        return new RString(match.groups[0] ?? '')
      case '$`':
        return new RString(match.text.slice(0, match.index))
      case "$'":
        return new RString(match.text.slice(match.end))
      default: {
        const last = match.groups.findLast((group) => group !== undefined)
        return last === undefined ? null : new RString(last)
      }
    }
  },
}

/** A place that is written by `a, b = …`, `for`, `rescue => e` and parameters in parentheses. */
export function target(node: Node, scope: Scope, compile: Compile): Place['write'] {
  const named = node as unknown as { name: string; depth: number; receiver: Node; arguments_: { arguments_: Node[] } | null }
  switch (node.constructor.name) {
    case 'LocalVariableTargetNode':
      return local(named.name, named.depth, scope).write
    case 'RequiredParameterNode':
      return local(named.name, 0, scope).write
    case 'InstanceVariableTargetNode':
    case 'ClassVariableTargetNode':
      return instance(named.name).write
    case 'GlobalVariableTargetNode':
      return global(named.name).write
    case 'ConstantTargetNode':
      return constantPlace(named.name).write
    case 'IndexTargetNode': {
      const receiver = compile(named.receiver, scope)
      const args = (named.arguments_?.arguments_ ?? []).map((arg) => compile(arg, scope))
      return (frame, value) => void frame.machine.send(receiver(frame), '[]=', [...args.map((arg) => arg(frame)), value])
    }
    case 'CallTargetNode': {
      const receiver = compile(named.receiver, scope)
      return (frame, value) => void frame.machine.send(receiver(frame), named.name, [value])
    }
    case 'MultiTargetNode':
      return multiTarget(node as unknown as Parameters<typeof multiTarget>[0], scope, compile)
    case 'SplatNode': {
      const { expression } = node as unknown as { expression: Node | null }
      return expression === null ? () => undefined : target(expression, scope, compile)
    }
    default:
      return unsupported(node, scope, 'this kind of assignment')
  }
}

/** `a, (b, c), *d, e = list` */
export function multiTarget(
  node: { readonly lefts: readonly Node[]; readonly rest: Node | null; readonly rights: readonly Node[] },
  scope: Scope,
  compile: Compile,
): Place['write'] {
  const lefts = node.lefts.map((one) => target(one, scope, compile))
  const rest =
    node.rest === null || node.rest.constructor.name === 'ImplicitRestNode' ? undefined : target(node.rest, scope, compile)
  const rights = node.rights.map((one) => target(one, scope, compile))
  const open = node.rest !== null
  return (frame, value) => {
    const list = Array.isArray(value) ? value : [value]
    for (const [index, write] of lefts.entries()) write(frame, list[index] ?? null)
    if (!open) return
    const end = Math.max(lefts.length, list.length - rights.length)
    rest?.(frame, list.slice(lefts.length, end))
    for (const [index, write] of rights.entries()) write(frame, list[end + index] ?? null)
  }
}
