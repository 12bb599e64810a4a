import { ArgumentError, raise, TypeErrorClass, wrongArguments } from '../errors.ts'
import { classOf, inspect } from '../semantics.ts'
import { RHash, RProc, RSymbol, type Value } from '../value.ts'
import {
  contains,
  Frame,
  NextSignal,
  ReturnSignal,
  type CallState,
  type Compile,
  type Node,
  type NodeCompilers,
  type Scope,
} from './code.ts'
import { local, multiTarget, target } from './variables.ts'

/** Puts arguments into the variables of a block or method. */
type Binder = (frame: Frame, args: readonly Value[], block: RProc | undefined) => void

interface Signature {
  readonly bind: Binder
  readonly arity: number
  /** A block that takes several values takes apart a single list. */
  readonly destructures: boolean
}

interface ParameterNodes {
  readonly requireds: readonly Node[]
  readonly optionals: readonly Node[]
  readonly rest: Node | null
  readonly posts: readonly Node[]
  readonly keywords: readonly Node[]
  readonly keywordRest: Node | null
  readonly block: Node | null
}

const NO_PARAMETERS: Signature = { bind: () => undefined, arity: 0, destructures: false }

/** Parameters of a block: `|a, (b, c), d = 1, *e, f:, **g, &h|`, `_1` or `it`. */
function blockSignature(parameters: Node | null, scope: Scope, compile: Compile): Signature {
  if (parameters === null) return NO_PARAMETERS
  switch (parameters.constructor.name) {
    case 'NumberedParametersNode': {
      const { maximum } = parameters as unknown as { maximum: number }
      const places = Array.from({ length: maximum }, (_, i) => local(`_${i + 1}`, 0, scope).write)
      return {
        bind: (frame, args) => {
          for (const [index, write] of places.entries()) write(frame, args[index] ?? null)
        },
        arity: maximum,
        destructures: maximum > 1,
      }
    }
    case 'ItParametersNode': {
      // The parser keeps the value of `it` in a variable without a name of its own.
      const { write } = local('it', 0, scope)
      return { bind: (frame, args) => write(frame, args[0] ?? null), arity: 1, destructures: false }
    }
    default: {
      const inner = (parameters as unknown as { parameters: Node | null }).parameters
      return inner === null ? NO_PARAMETERS : signature(inner as unknown as ParameterNodes, scope, compile, false)
    }
  }
}

function signature(nodes: ParameterNodes, scope: Scope, compile: Compile, strict: boolean): Signature {
  const required = nodes.requireds.map((node) => target(node, scope, compile))
  const optional = nodes.optionals.map((node) => {
    const { name, value } = node as unknown as { name: string; value: Node }
    return { write: local(name, 0, scope).write, value: compile(value, scope) }
  })
  const posts = nodes.posts.map((node) => target(node, scope, compile))
  const restName = (nodes.rest as unknown as { name?: string | null } | null)?.name
  const hasRest = nodes.rest !== null && nodes.rest.constructor.name !== 'ImplicitRestNode'
  const rest = typeof restName === 'string' ? local(restName, 0, scope).write : undefined
  const keywords = keywordBinder(nodes, scope, compile)
  const blockName = (nodes.block as unknown as { name?: string | null } | null)?.name
  const blockPlace = typeof blockName === 'string' ? local(blockName, 0, scope).write : undefined
  const fixed = required.length + posts.length
  const arity = hasRest || optional.length > 0 ? -fixed - 1 : fixed
  const destructures = fixed + optional.length > 1 || (hasRest && fixed + optional.length > 0) || nodes.rest !== null

  if (optional.length === 0 && posts.length === 0 && nodes.rest === null && keywords === undefined && blockPlace === undefined) {
    const [first] = required
    if (required.length === 1 && first !== undefined && !strict)
      return { bind: (frame, args) => first(frame, args[0] ?? null), arity, destructures: false }
    return {
      bind: (frame, args) => {
        if (strict && args.length !== fixed) wrongArguments(args.length, String(fixed))
        for (const [index, write] of required.entries()) write(frame, args[index] ?? null)
      },
      arity,
      destructures,
    }
  }

  const bind: Binder = (frame, given, block) => {
    let args = given
    if (keywords !== undefined) {
      const last = args.at(-1)
      const named =
        last instanceof RHash && last.pairs().every(([key]) => key instanceof RSymbol) && args.length > fixed ? last : undefined
      if (named !== undefined) args = args.slice(0, -1)
      keywords(frame, named)
    }
    if (strict && (args.length < fixed || (!hasRest && args.length > fixed + optional.length))) {
      wrongArguments(
        args.length,
        hasRest ? `${fixed}+` : optional.length > 0 ? `${fixed}..${fixed + optional.length}` : String(fixed),
      )
    }
    for (const [index, write] of required.entries()) write(frame, args[index] ?? null)
    let at = required.length
    const spare = Math.max(0, args.length - fixed)
    for (const [index, { write, value }] of optional.entries()) write(frame, index < spare ? (args[at++] ?? null) : value(frame))
    const restEnd = Math.max(at, args.length - posts.length)
    if (hasRest) rest?.(frame, args.slice(at, restEnd))
    for (const [index, write] of posts.entries()) write(frame, args[restEnd + index] ?? null)
    blockPlace?.(frame, block ?? null)
  }
  return { bind, arity, destructures }
}

function keywordBinder(
  nodes: ParameterNodes,
  scope: Scope,
  compile: Compile,
): ((frame: Frame, given: RHash | undefined) => void) | undefined {
  const restName = (nodes.keywordRest as unknown as { name?: string | null } | null)?.name
  if (nodes.keywords.length === 0 && nodes.keywordRest === null) return undefined
  const keywords = nodes.keywords.map((node) => {
    const { name, value } = node as unknown as { name: string; value?: Node }
    return { name, write: local(name, 0, scope).write, value: value === undefined ? undefined : compile(value, scope) }
  })
  const rest = typeof restName === 'string' ? local(restName, 0, scope).write : undefined
  return (frame, given) => {
    for (const { name, write, value } of keywords) {
      const passed = given?.get(new RSymbol(name))
      if (passed !== undefined) write(frame, passed)
      else if (value !== undefined) write(frame, value(frame))
      else raise(ArgumentError, `missing keyword: :${name}`)
    }
    const others = (given?.pairs() ?? []).filter(
      ([key]) => !keywords.some(({ name }) => key instanceof RSymbol && key.name === name),
    )
    if (rest !== undefined) rest(frame, RHash.of(others))
    else if (others.length > 0 && nodes.keywordRest === null)
      raise(ArgumentError, `unknown keyword: ${inspect(others[0]?.[0] ?? null)}`)
  }
}

const JUMP_STOPS = ['BlockNode', 'LambdaNode', 'DefNode', 'WhileNode', 'UntilNode', 'ForNode']

interface BlockLike {
  readonly locals: readonly string[]
  readonly parameters: Node | null
  readonly body: Node | null
}

/** Names of the variables of a block: the parser leaves the ones out that have no name in the text. */
function blockNames(node: BlockLike): readonly string[] {
  const kind = node.parameters?.constructor.name
  if (kind === 'ItParametersNode') return [...node.locals, 'it']
  return node.locals
}

/** Compiles a block; what comes out makes a proc that remembers the frame it was made in. */
export function compileBlock(
  node: BlockLike,
  scope: Scope,
  compile: Compile,
): (frame: Frame, breakTag: object | undefined) => RProc {
  const names = blockNames(node)
  const inner: Scope = { names, parent: scope, kind: 'block', within: 'block', source: scope.source }
  const { bind, arity, destructures } = blockSignature(node.parameters, inner, compile)
  const body = node.body === null ? undefined : compile(node.body, inner)
  const jumps = contains(node.body, ['NextNode'], JUMP_STOPS)
  return (outer, breakTag) =>
    new RProc(
      (args, block) => {
        const frame = new Frame(names.length, outer, outer.machine, outer.call, breakTag)
        const [only] = args
        bind(frame, destructures && args.length === 1 && Array.isArray(only) ? only : args, block)
        if (body === undefined) return null
        if (!jumps) return outer.machine.deeper(() => body(frame))
        try {
          return outer.machine.deeper(() => body(frame))
        } catch (error) {
          if (error instanceof NextSignal) return error.value
          throw error
        }
      },
      arity,
      false,
    )
}

/** A lambda or a method: `return` and `next` end it, and its arguments must fit. */
function compileCallable(
  node: { readonly locals: readonly string[]; readonly body: Node | null },
  parameters: ParameterNodes | null,
  scope: Scope,
  compile: Compile,
  kind: 'block' | 'method',
) {
  const inner: Scope = {
    names: node.locals,
    parent: kind === 'block' ? scope : undefined,
    kind,
    within: kind === 'block' ? 'block' : 'none',
    source: scope.source,
  }
  const { bind, arity } = parameters === null ? { bind: noArguments, arity: 0 } : signature(parameters, inner, compile, true)
  const body = node.body === null ? undefined : compile(node.body, inner)
  return (outer: Frame): RProc =>
    new RProc(
      (args, block) => {
        const call: CallState = { block }
        const frame = new Frame(node.locals.length, kind === 'block' ? outer : undefined, outer.machine, call, undefined)
        bind(frame, args, block)
        if (body === undefined) return null
        try {
          return outer.machine.deeper(() => body(frame))
        } catch (error) {
          if (error instanceof ReturnSignal && error.call === call) return error.value
          if (error instanceof NextSignal && kind === 'block') return error.value
          throw error
        }
      },
      arity,
      true,
    )
}

const noArguments: Binder = (_frame, args) => {
  if (args.length > 0) wrongArguments(args.length, '0')
}

/** `&value` of a call: a symbol, a proc, a method. */
export function toBlock(frame: Frame, value: Value): RProc | undefined {
  if (value === null) return undefined
  if (value instanceof RProc) return value
  if (value instanceof RSymbol || value instanceof RHash) {
    const proc = frame.machine.send(value, 'to_proc')
    if (proc instanceof RProc) return proc
  }
  return raise(TypeErrorClass, `wrong argument type ${classOf(value).name} (expected Proc)`)
}

export const blocks: NodeCompilers = {
  LambdaNode: (node, scope, compile) => {
    const inner = node.parameters as unknown as { parameters?: ParameterNodes | null } | null
    if (inner !== null && inner.parameters === undefined) {
      const block = compileBlock(node, scope, compile)
      return (frame) => {
        const body = block(frame, undefined)
        return new RProc(body.call, body.arity, true)
      }
    }
    return compileCallable(node, inner?.parameters ?? null, scope, compile, 'block')
  },
  DefNode: (node, scope, compile) => {
    const method = compileCallable(node, node.parameters, scope, compile, 'method')
    const { name } = node
    return (frame) => {
      frame.machine.methods.set(name, method(frame))
      return new RSymbol(name)
    }
  },
  YieldNode: (node, _scope, compile) => {
    const args = (node.arguments_?.arguments_ ?? []).map((arg) => compile(arg, _scope))
    return (frame) => {
      const { block } = frame.call
      if (block === undefined) return raise(ArgumentError, 'no block given (yield)')
      frame.machine.step()
      return block.call(args.map((arg) => arg(frame)))
    }
  },
  MultiWriteNode: (node, scope, compile) => {
    const write = multiTarget(node, scope, compile)
    const value = compile(node.value, scope)
    return (frame) => {
      const result = value(frame)
      // A list on the right may be changed by what is written: it is read first.
      write(frame, Array.isArray(result) ? [...result] : result)
      return result
    }
  },
}
