import type * as prism from '@ruby/prism/src/nodes.js'
import type { Machine } from '../machine.ts'
import type { RProc, Value } from '../value.ts'

export type Node = { readonly location: { readonly startOffset: number } }

/** Compiled code: runs within a frame. */
export type Code = (frame: Frame) => Value

/** What a call of a method, lambda or script shares with the blocks within it: where `return` and `yield` go. */
export interface CallState {
  readonly block: RProc | undefined
}

/** Local variables of one run of a scope. */
export class Frame {
  readonly vars: Value[]
  readonly parent: Frame | undefined
  readonly machine: Machine
  readonly call: CallState
  /** Where a `break` of this block goes: the call that it was given to. */
  readonly breakTag: object | undefined

  constructor(size: number, parent: Frame | undefined, machine: Machine, call: CallState, breakTag: object | undefined) {
    this.vars = []
    for (let i = 0; i < size; i++) this.vars.push(null)
    this.parent = parent
    this.machine = machine
    this.call = call
    this.breakTag = breakTag
  }
}

/** Names of the local variables of a program, block or method. */
export interface Scope {
  readonly names: readonly string[]
  readonly parent: Scope | undefined
  readonly kind: 'script' | 'method' | 'block'
  /** The innermost thing that `next` and `break` are about. */
  readonly within: 'loop' | 'block' | 'none'
  readonly source: string
}

export type Compile = (node: Node, scope: Scope) => Code

/** Compilers by the name of the node. */
export type NodeCompilers = {
  readonly [Name in keyof typeof prism as Name extends `${string}Node` ? Name : never]?: (
    node: InstanceType<Extract<(typeof prism)[Name], abstract new (...args: never) => unknown>>,
    scope: Scope,
    compile: Compile,
  ) => Code
}

/** Control flow on its way to where it ends. */
export class BreakSignal {
  readonly tag: object | undefined
  readonly value: Value

  constructor(tag: object | undefined, value: Value) {
    this.tag = tag
    this.value = value
  }
}

export class NextSignal {
  readonly value: Value

  constructor(value: Value) {
    this.value = value
  }
}

export class ReturnSignal {
  readonly call: CallState
  readonly value: Value

  constructor(call: CallState, value: Value) {
    this.call = call
    this.value = value
  }
}

export class RetrySignal {
  readonly kind = 'retry'
}

/** Whether a node of one of these names lies within, not looking into what begins anew at others. */
export function contains(node: unknown, names: readonly string[], stopAt: readonly string[]): boolean {
  if (typeof node !== 'object' || node === null) return false
  const { name } = node.constructor
  if (names.includes(name)) return true
  if (stopAt.includes(name)) return false
  const children =
    'compactChildNodes' in node && typeof node.compactChildNodes === 'function'
      ? (node.compactChildNodes as () => unknown[])()
      : []
  return children.some((child) => contains(child, names, stopAt))
}

/** Frame that is `depth` scopes out. */
export function outward(frame: Frame, depth: number): Frame {
  let at = frame
  for (let i = 0; i < depth; i++) at = at.parent ?? at
  return at
}
