import { ExceptionClass, raise, RubyError, StandardError, TypeErrorClass } from '../errors.ts'
import { equal, isA, truthy } from '../semantics.ts'
import type { RException } from '../value.ts'
import { REnumerator, RClass, RHash, RRange, RString, type Value } from '../value.ts'
import {
  BreakSignal,
  contains,
  NextSignal,
  RetrySignal,
  ReturnSignal,
  type Code,
  type Compile,
  type Frame,
  type Node,
  type NodeCompilers,
  type Scope,
} from './code.ts'
import { compileItems } from './literals.ts'
import { target, unsupported } from './variables.ts'

const nothing: Code = () => null

function optional(node: Node | null, scope: Scope, compile: Compile): Code {
  return node === null ? nothing : compile(node, scope)
}

/** Values of `return a, b`: several are a list. */
function jumpValue(node: unknown, scope: Scope, compile: Compile): Code {
  const args = (node as { arguments_: { arguments_: Node[] } | null }).arguments_?.arguments_ ?? []
  const [only] = args
  if (only === undefined) return nothing
  if (args.length === 1 && only.constructor.name !== 'SplatNode') return compile(only, scope)
  return compileItems(args, scope, compile)
}

const LOOP_STOPS = ['BlockNode', 'LambdaNode', 'DefNode', 'WhileNode', 'UntilNode', 'ForNode']

/** What a loop throws to itself. */
const LOOP = {}

function compileLoop(
  node: { readonly predicate: Node; readonly statements: Node | null; isBeginModifier(): boolean },
  whileTrue: boolean,
  scope: Scope,
  compile: Compile,
): Code {
  const inner: Scope = { ...scope, within: 'loop' }
  const predicate = compile(node.predicate, inner)
  const body = optional(node.statements, inner, compile)
  const bodyFirst = node.isBeginModifier()
  const breaks = contains(node.statements, ['BreakNode'], LOOP_STOPS)
  const nexts = contains(node.statements, ['NextNode'], LOOP_STOPS)
  const turn = !nexts
    ? body
    : (frame: Frame) => {
        try {
          return body(frame)
        } catch (error) {
          if (error instanceof NextSignal) return null
          throw error
        }
      }
  const run = (frame: Frame): Value => {
    if (bodyFirst) turn(frame)
    while (truthy(predicate(frame)) === whileTrue) {
      frame.machine.step()
      turn(frame)
    }
    return null
  }
  if (!breaks) return run
  return (frame) => {
    try {
      return run(frame)
    } catch (error) {
      if (error instanceof BreakSignal && error.tag === LOOP) return error.value
      throw error
    }
  }
}

interface RescueParts {
  readonly exceptions: readonly Node[]
  readonly reference: Node | null
  readonly statements: Node | null
  readonly subsequent: RescueParts | null
}

interface Handler {
  readonly classes: ((frame: Frame) => Value[]) | undefined
  readonly store: ((frame: Frame, value: Value) => void) | undefined
  readonly body: Code
}

function handlers(node: RescueParts | null, scope: Scope, compile: Compile): Handler[] {
  if (node === null) return []
  const own: Handler = {
    classes: node.exceptions.length === 0 ? undefined : compileItems(node.exceptions, scope, compile),
    store: node.reference === null ? undefined : target(node.reference, scope, compile),
    body: optional(node.statements, scope, compile),
  }
  return [own, ...handlers(node.subsequent, scope, compile)]
}

function handles(handler: Handler, exception: RException, frame: Frame): boolean {
  if (handler.classes === undefined) return isA(exception, StandardError)
  return handler.classes(frame).some((klass) => {
    if (!(klass instanceof RClass)) return raise(TypeErrorClass, 'class or module required for rescue clause')
    return isA(exception, klass)
  })
}

/** Runs a handler with `$!` set. */
function rescue(handler: Handler, exception: RException, frame: Frame): Value {
  const { globals } = frame.machine
  const before = globals.get('$!') ?? null
  globals.set('$!', exception)
  try {
    handler.store?.(frame, exception)
    return handler.body(frame)
  } finally {
    globals.set('$!', before)
  }
}

function compileRescue(body: Code, list: readonly Handler[], otherwise: Code | undefined, retries: boolean): Code {
  const attempt = (frame: Frame): Value => {
    let value: Value
    try {
      value = body(frame)
    } catch (error) {
      if (!(error instanceof RubyError)) throw error
      const handler = list.find((one) => handles(one, error.exception, frame))
      if (handler === undefined) throw error
      return rescue(handler, error.exception, frame)
    }
    return otherwise === undefined ? value : otherwise(frame)
  }
  if (!retries) return attempt
  return (frame) => {
    for (;;) {
      frame.machine.step()
      try {
        return attempt(frame)
      } catch (error) {
        if (!(error instanceof RetrySignal)) throw error
      }
    }
  }
}

function isTruthyNode(node: Node): boolean {
  return node.constructor.name === 'SplatNode'
}

/** What `defined?` says about an expression. */
function definedAs(node: Node): string | undefined {
  switch (node.constructor.name) {
    case 'LocalVariableReadNode':
      return 'local-variable'
    case 'InstanceVariableReadNode':
      return 'instance-variable'
    case 'GlobalVariableReadNode':
      return 'global-variable'
    case 'ConstantReadNode':
    case 'ConstantPathNode':
      return 'constant'
    case 'CallNode':
      return 'method'
    case 'YieldNode':
      return 'yield'
    case 'NilNode':
    case 'SelfNode':
    case 'TrueNode':
    case 'FalseNode':
      return undefined
    default:
      return node.constructor.name.includes('Write') ? 'assignment' : 'expression'
  }
}

export const control: NodeCompilers = {
  StatementsNode: (node, scope, compile) => {
    const statements = (node.body as Node[]).map((statement) => compile(statement, scope))
    const [only] = statements
    if (statements.length === 1 && only !== undefined) return only
    const last = statements.length - 1
    return (frame) => {
      for (let i = 0; i < last; i++) statements[i]?.(frame)
      return statements[last]?.(frame) ?? null
    }
  },
  ParenthesesNode: (node, scope, compile) => optional(node.body, scope, compile),
  IfNode: (node, scope, compile) => {
    const predicate = compile(node.predicate, scope)
    const yes = optional(node.statements, scope, compile)
    const no = optional(node.subsequent, scope, compile)
    return (frame) => (truthy(predicate(frame)) ? yes(frame) : no(frame))
  },
  UnlessNode: (node, scope, compile) => {
    const predicate = compile(node.predicate, scope)
    const no = optional(node.statements, scope, compile)
    const yes = optional(node.elseClause, scope, compile)
    return (frame) => (truthy(predicate(frame)) ? yes(frame) : no(frame))
  },
  ElseNode: (node, scope, compile) => optional(node.statements, scope, compile),
  AndNode: (node, scope, compile) => {
    const left = compile(node.left, scope)
    const right = compile(node.right, scope)
    return (frame) => {
      const value = left(frame)
      return truthy(value) ? right(frame) : value
    }
  },
  OrNode: (node, scope, compile) => {
    const left = compile(node.left, scope)
    const right = compile(node.right, scope)
    return (frame) => {
      const value = left(frame)
      return truthy(value) ? value : right(frame)
    }
  },
  CaseNode: (node, scope, compile) => {
    const subject = node.predicate === null ? undefined : compile(node.predicate, scope)
    const branches = (node.conditions as unknown as { conditions: Node[]; statements: Node | null }[]).map(
      ({ conditions, statements }) => ({
        conditions: conditions.map((condition) => {
          const splat = isTruthyNode(condition)
          return { splat, code: compile(splat ? (condition as unknown as { expression: Node }).expression : condition, scope) }
        }),
        body: optional(statements, scope, compile),
      }),
    )
    const otherwise = optional(node.elseClause, scope, compile)
    const matches = (frame: Frame, pattern: Value, value: Value | undefined): boolean => {
      if (value === undefined) return truthy(pattern)
      if (pattern instanceof RString || typeof pattern === 'number') return equal(pattern, value)
      return truthy(frame.machine.send(pattern, '===', [value]))
    }
    return (frame) => {
      const value = subject?.(frame)
      for (const { conditions, body } of branches) {
        for (const { splat, code } of conditions) {
          const pattern = code(frame)
          const patterns = splat && Array.isArray(pattern) ? pattern : [pattern]
          if (patterns.some((one) => matches(frame, one, value))) return body(frame)
        }
      }
      return otherwise(frame)
    }
  },
  CaseMatchNode: (node, scope) => unsupported(node, scope, 'case … in'),
  MatchPredicateNode: (node, scope) => unsupported(node, scope, 'pattern matching with in'),
  MatchRequiredNode: (node, scope) => unsupported(node, scope, 'pattern matching with =>'),
  WhileNode: (node, scope, compile) => compileLoop(node, true, scope, compile),
  UntilNode: (node, scope, compile) => compileLoop(node, false, scope, compile),
  ForNode: (node, scope, compile) => {
    const inner: Scope = { ...scope, within: 'loop' }
    const write = target(node.index, scope, compile)
    const collection = compile(node.collection, scope)
    const body = optional(node.statements, inner, compile)
    return (frame) => {
      const source = collection(frame)
      const items =
        source instanceof RHash || source instanceof RRange || source instanceof REnumerator
          ? frame.machine.send(source, 'to_a')
          : source
      if (!Array.isArray(items)) return raise(TypeErrorClass, 'for needs a list')
      try {
        for (const item of items) {
          frame.machine.step()
          write(frame, item)
          try {
            body(frame)
          } catch (error) {
            if (!(error instanceof NextSignal)) throw error
          }
        }
      } catch (error) {
        if (error instanceof BreakSignal && error.tag === LOOP) return error.value
        throw error
      }
      return source
    }
  },
  BreakNode: (node, scope, compile) => {
    const value = jumpValue(node, scope, compile)
    if (scope.within === 'none') return unsupported(node, scope, 'break outside of a loop or block')
    const inLoop = scope.within === 'loop'
    return (frame) => {
      throw new BreakSignal(inLoop ? LOOP : frame.breakTag, value(frame))
    }
  },
  NextNode: (node, scope, compile) => {
    const value = jumpValue(node, scope, compile)
    return (frame) => {
      throw new NextSignal(value(frame))
    }
  },
  ReturnNode: (node, scope, compile) => {
    const value = jumpValue(node, scope, compile)
    return (frame) => {
      throw new ReturnSignal(frame.call, value(frame))
    }
  },
  RetryNode: () => () => {
    throw new RetrySignal()
  },
  RedoNode: (node, scope) => unsupported(node, scope, 'redo'),
  BeginNode: (node, scope, compile) => {
    const body = optional(node.statements, scope, compile)
    const clause = node.rescueClause as unknown as RescueParts | null
    const list = handlers(clause, scope, compile)
    const otherwise = node.elseClause === null ? undefined : compile(node.elseClause, scope)
    const guarded =
      list.length === 0 ? body : compileRescue(body, list, otherwise, contains(clause, ['RetryNode'], ['DefNode', 'LambdaNode']))
    if (node.ensureClause === null) return guarded
    const ensure = optional((node.ensureClause as unknown as { statements: Node | null }).statements, scope, compile)
    return (frame) => {
      try {
        return guarded(frame)
      } finally {
        ensure(frame)
      }
    }
  },
  RescueModifierNode: (node, scope, compile) =>
    compileRescue(
      compile(node.expression, scope),
      [{ classes: undefined, store: undefined, body: compile(node.rescueExpression, scope) }],
      undefined,
      false,
    ),
  DefinedNode: (node, scope, compile) => {
    const asked = node.value
    const said = definedAs(asked)
    if (said !== 'method' && said !== 'instance-variable' && said !== 'constant' && said !== 'global-variable')
      return () => (said === undefined ? new RString('expression') : new RString(said))
    const probe = compile(asked, scope)
    return (frame) => {
      try {
        const value = probe(frame)
        return value === null && said !== 'method' && said !== 'constant' ? null : new RString(said)
      } catch (error) {
        if (error instanceof RubyError && isA(error.exception, ExceptionClass)) return null
        throw error
      }
    }
  },
  FlipFlopNode: (node, scope) => unsupported(node, scope, 'a flip-flop'),
  AliasMethodNode: (node, scope) => unsupported(node, scope, 'alias'),
  AliasGlobalVariableNode: (node, scope) => unsupported(node, scope, 'alias'),
  UndefNode: (node, scope) => unsupported(node, scope, 'undef'),
  PreExecutionNode: (node, scope) => unsupported(node, scope, 'BEGIN'),
  PostExecutionNode: (node, scope) => unsupported(node, scope, 'END'),
  ImplicitNode: (node, scope, compile) => compile(node.value, scope),
}
