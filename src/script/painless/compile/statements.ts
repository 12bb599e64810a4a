import { MAX_LOOP_TURNS, step, tooManyTurns } from '../budget.ts'
import { findCast } from '../casts.ts'
import { JavaError, nullPointer } from '../java-error.ts'
import type { Block, Expression, Statement, Trap } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { defaultOf, elementType, isPrimitive, OBJECT } from '../types.ts'
import { iterate, JavaArray } from '../values/collections.ts'
import { ExceptionValue } from '../values/exceptions.ts'
import { asDef, cast, resolveType, type Compiling } from './compiling.ts'
import { compileExpression } from './expressions.ts'
import { AT, BREAK, CONTINUE, NORMAL, RESULT, RETURN, TURNS, type Eval, type Exec, type Frame, type Typed } from './frame.ts'
import type { Scope } from './scope.ts'

/** A statement and how control may leave it, by which Painless finds code that can never run. */
interface Compiled {
  readonly exec: Exec
  /** Every path ends the function. */
  readonly returns: boolean
  /** Every path leaves the loop that it is in. */
  readonly leavesLoop: boolean
  /** No path reaches what comes after. */
  readonly escapes: boolean
  readonly mayBreak: boolean
  readonly mayContinue: boolean
}

const PLAIN = { returns: false, leavesLoop: false, escapes: false, mayBreak: false, mayContinue: false }

/**
 * The body of a script, function or lambda. The value of its last statement, when that is an expression, is returned.
 * @throws CompileError
 */
export function compileBody(compiling: Compiling, body: Block, scope: Scope, requireReturn?: () => CompileError): Exec {
  const compiled = compileStatements(compiling, body.statements, scope, { last: true, lastOfLoop: false })
  if (!compiled.returns && requireReturn !== undefined && scope.function.returns !== 'void') throw requireReturn()
  const initial = defaultOf(scope.function.returns)
  const { exec } = compiled
  return (frame) => {
    frame[RESULT] = initial
    return exec(frame)
  }
}

/** Where a statement stands: at the end of its function, at the end of a loop's body. */
interface Position {
  readonly last: boolean
  readonly lastOfLoop: boolean
}

const MIDDLE: Position = { last: false, lastOfLoop: false }

function compileStatements(
  compiling: Compiling,
  statements: readonly Statement[],
  scope: Scope,
  position: Position,
  offset = 0,
): Compiled {
  const compiled: Compiled[] = []
  statements.forEach((statement, at) => {
    if (compiled[at - 1]?.escapes === true) throw new CompileError('invalid block: unreachable statement', offset)
    const where = at === statements.length - 1 ? position : MIDDLE
    compiled.push(compileStatement(compiling, statement, scope, where))
  })
  const last = compiled[compiled.length - 1]
  return {
    exec: inSequence(compiled.map(({ exec }) => exec)),
    returns: last?.returns ?? false,
    leavesLoop: last?.leavesLoop ?? false,
    escapes: last?.escapes ?? false,
    mayBreak: compiled.some(({ mayBreak }) => mayBreak),
    mayContinue: compiled.some(({ mayContinue }) => mayContinue),
  }
}

function inSequence(execs: readonly Exec[]): Exec {
  const [first, second, third] = execs
  if (first === undefined) return () => NORMAL
  if (second === undefined) return first
  if (third === undefined) return (frame) => first(frame) || second(frame)
  return (frame) => {
    for (let at = 0; at < execs.length; at++) {
      const code = (execs[at] as Exec)(frame)
      if (code !== NORMAL) return code
    }
    return NORMAL
  }
}

function compileBlock(compiling: Compiling, block: Block, scope: Scope, position: Position, inLoop?: boolean): Compiled {
  return compileStatements(compiling, block.statements, scope.inner(inLoop), position, block.offset)
}

function compileStatement(compiling: Compiling, node: Statement, scope: Scope, position: Position): Compiled {
  if (node.kind !== 'block' && node.kind !== 'declare') compiling.statementOffsets.push(node.offset)
  switch (node.kind) {
    case 'block':
      return compileBlock(compiling, node, scope, position)
    case 'if':
      return compileIf(compiling, node, scope, position)
    case 'while':
      return compileWhile(compiling, node, scope)
    case 'do':
      return compileDo(compiling, node, scope)
    case 'for':
      return compileFor(compiling, node, scope)
    case 'each':
      return compileEach(compiling, node, scope)
    case 'declare':
      return compileDeclarations(compiling, node, scope)
    case 'try':
      return compileTry(compiling, node, scope, position)
    case 'return':
      return compileReturn(compiling, node, scope)
    case 'throw':
      return compileThrow(compiling, node.value, scope, node.offset)
    case 'break':
      if (!scope.inLoop) throw new CompileError('invalid break statement: not inside loop', node.offset)
      return { exec: () => BREAK, returns: false, leavesLoop: true, escapes: true, mayBreak: true, mayContinue: false }
    case 'continue':
      if (!scope.inLoop) throw new CompileError('invalid continue statement: not inside loop', node.offset)
      if (position.lastOfLoop) throw new CompileError('extraneous continue statement', node.offset)
      return { exec: () => CONTINUE, returns: false, leavesLoop: false, escapes: true, mayBreak: false, mayContinue: true }
    case 'expression':
      return compileExpressionStatement(compiling, node.expression, scope, position.last)
    default:
      return never(node)
  }
}

function never(node: never): never {
  throw new Error(`unexpected node ${JSON.stringify(node)}`)
}

/** An expression alone: it has to do something, unless its value is what the function returns. */
function compileExpressionStatement(compiling: Compiling, node: Expression, scope: Scope, last: boolean): Compiled {
  const typed = compileExpression(compiling, node, scope)
  const { returns } = scope.function
  if (last && returns !== 'void' && typed.type !== 'void') {
    const value = cast(compiling, typed, returns, { internal: true }).eval
    return { ...PLAIN, exec: returning(value), returns: true, leavesLoop: true, escapes: true }
  }
  requireEffect(typed, node)
  const { eval: run } = typed
  return {
    ...PLAIN,
    exec: (frame) => {
      run(frame)
      return NORMAL
    },
  }
}

function requireEffect({ describes, offset }: Typed, node: Expression): void {
  if (describes === undefined || node.kind === 'assign' || node.kind === 'step') return
  throw new CompileError(`not a statement: ${describes}`, offset)
}

function returning(value: Eval): Exec {
  return (frame) => {
    frame[RESULT] = value(frame)
    return RETURN
  }
}

function condition(
  compiling: Compiling,
  node: Expression,
  scope: Scope,
): { readonly test: Eval; readonly known: boolean | undefined } {
  const typed = cast(compiling, compileExpression(compiling, node, scope), 'boolean')
  return { test: typed.eval, known: typed.constant === undefined ? undefined : typed.constant.value === true }
}

type Node<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

function compileIf(compiling: Compiling, node: Node<'if'>, scope: Scope, position: Position): Compiled {
  const { test, known } = condition(compiling, node.condition, scope)
  if (known !== undefined || isEmpty(node.whenTrue)) throw new CompileError('extraneous if block', node.offset)
  if (node.otherwise !== undefined && isEmpty(node.otherwise)) throw new CompileError('extraneous else block', node.offset)
  const then = compileBlock(compiling, node.whenTrue as Block, scope, position)
  const run = then.exec
  if (node.otherwise === undefined) {
    return {
      ...PLAIN,
      exec: (frame) => (test(frame) === true ? run(frame) : NORMAL),
      mayBreak: then.mayBreak,
      mayContinue: then.mayContinue,
    }
  }
  const otherwise = compileBlock(compiling, node.otherwise, scope, position)
  const runOther = otherwise.exec
  return {
    exec: (frame) => (test(frame) === true ? run(frame) : runOther(frame)),
    returns: then.returns && otherwise.returns,
    leavesLoop: then.leavesLoop && otherwise.leavesLoop,
    escapes: then.escapes && otherwise.escapes,
    mayBreak: then.mayBreak || otherwise.mayBreak,
    mayContinue: then.mayContinue || otherwise.mayContinue,
  }
}

function isEmpty(block: Block | undefined): boolean {
  return block === undefined || block.statements.length === 0
}

/** Counts a turn of a loop. @throws JavaError after too many in one call of a function */
function turn(frame: Frame, offset: number): void {
  const turns = (frame[TURNS] as number) + 1
  frame[TURNS] = turns
  if (turns > MAX_LOOP_TURNS) {
    frame[AT] = offset
    throw tooManyTurns()
  }
  if ((turns & 1023) === 0) step(1024)
}

const LOOP_BODY: Position = { last: false, lastOfLoop: true }

/** A loop that turns for ever unless it breaks: what comes after is out of reach without a `break`. */
function loopOutcome(endless: boolean, body: Compiled | undefined): Omit<Compiled, 'exec'> {
  const stuck = endless && body !== undefined && !body.mayBreak
  return { ...PLAIN, returns: stuck, escapes: stuck }
}

function loopBody(
  compiling: Compiling,
  block: Block | undefined,
  scope: Scope,
  name: string,
  offset: number,
): Compiled | undefined {
  if (isEmpty(block)) return undefined
  const body = compileBlock(compiling, block as Block, scope, LOOP_BODY, true)
  if (body.leavesLoop && !body.mayContinue) throw new CompileError(`extraneous ${name} loop`, offset)
  return body
}

function compileWhile(compiling: Compiling, node: Node<'while'>, scope: Scope): Compiled {
  const { offset } = node
  const { test, known } = condition(compiling, node.condition, scope)
  if (known === false) throw new CompileError('extraneous while loop', offset)
  if (known === true && isEmpty(node.body)) throw new CompileError('no paths escape from while loop', offset)
  const body = loopBody(compiling, node.body, scope, 'while', offset)
  const run = body?.exec ?? (() => NORMAL)
  return {
    ...loopOutcome(known === true, body),
    exec: (frame) => {
      while (test(frame) === true) {
        turn(frame, offset)
        const code = run(frame)
        if (code === BREAK) break
        if (code === RETURN) return RETURN
      }
      return NORMAL
    },
  }
}

function compileDo(compiling: Compiling, node: Node<'do'>, scope: Scope): Compiled {
  const { offset } = node
  if (isEmpty(node.body)) throw new CompileError('extraneous do-while loop', offset)
  const body = loopBody(compiling, node.body, scope, 'do-while', offset)
  const { test, known } = condition(compiling, node.condition, scope)
  if (known === false) throw new CompileError('extraneous do-while loop', offset)
  const run = body?.exec ?? (() => NORMAL)
  return {
    ...loopOutcome(known === true, body),
    exec: (frame) => {
      do {
        turn(frame, offset)
        const code = run(frame)
        if (code === BREAK) break
        if (code === RETURN) return RETURN
      } while (test(frame) === true)
      return NORMAL
    },
  }
}

function compileFor(compiling: Compiling, node: Node<'for'>, outer: Scope): Compiled {
  const { offset } = node
  const scope = outer.inner()
  const start = node.initializer === undefined ? undefined : compileInitializer(compiling, node.initializer, scope)
  const { test, known } =
    node.condition === undefined ? { test: () => true, known: true } : condition(compiling, node.condition, scope)
  if (known === false) throw new CompileError('extraneous for loop', offset)
  const after = node.afterthought === undefined ? undefined : compileAfterthought(compiling, node.afterthought, scope)
  if (known === true && isEmpty(node.body)) throw new CompileError('no paths escape from for loop', offset)
  const body = loopBody(compiling, node.body, scope, 'for', offset)
  const run = body?.exec ?? (() => NORMAL)
  return {
    ...loopOutcome(known === true, body),
    exec: (frame) => {
      for (start?.(frame); test(frame) === true; after?.(frame)) {
        turn(frame, offset)
        const code = run(frame)
        if (code === BREAK) break
        if (code === RETURN) return RETURN
      }
      return NORMAL
    },
  }
}

function compileInitializer(compiling: Compiling, node: Statement, scope: Scope): Exec {
  return compileStatement(compiling, node, scope, MIDDLE).exec
}

function compileAfterthought(compiling: Compiling, node: Expression, scope: Scope): Eval {
  const typed = compileExpression(compiling, node, scope)
  requireEffect(typed, node)
  return typed.eval
}

function compileEach(compiling: Compiling, node: Node<'each'>, outer: Scope): Compiled {
  const { offset } = node
  const iterated = compileExpression(compiling, node.iterated, outer)
  const scope = outer.inner()
  const type = resolveType(compiling, node.type, offset, 'Not a type [$].')
  const { slot } = scope.declare(node.name, type, offset)
  const element = elementType(iterated.type)
  const iterable = iterated.type === 'def' || compiling.lookup.isAssignable(iterated.type, 'java.lang.Iterable')
  const body = loopBody(compiling, node.body, scope, 'foreach', offset)
  if (body === undefined) throw new CompileError('extraneous foreach loop', offset)
  if (element === undefined && (!iterable || isPrimitive(iterated.type) || iterated.type === OBJECT)) {
    throw new CompileError(`invalid foreach loop: cannot iterate over type [${iterated.type}].`, offset)
  }
  const from = element ?? 'def'
  const convert = findCast(compiling.lookup, from, type, { internal: true })
  if (convert === undefined) throw new CompileError(`Cannot cast from [${from}] to [${type}].`, offset, 'class_cast_exception')
  const { exec: run } = body
  const { eval: get } = iterated
  const eachItem = (frame: Frame, items: Iterable<unknown>): number => {
    for (const item of items) {
      turn(frame, offset)
      frame[slot] = convert(item as never)
      const code = run(frame)
      if (code === BREAK) break
      if (code === RETURN) return RETURN
    }
    return NORMAL
  }
  return {
    ...PLAIN,
    exec: (frame) => {
      const value = get(frame)
      frame[AT] = offset
      if (value instanceof JavaArray) return eachItem(frame, element === undefined ? boxedItems(compiling, value) : value.items)
      return eachItem(frame, iterate(value))
    },
  }
}

function boxedItems(compiling: Compiling, array: JavaArray): unknown[] {
  const wrap = findCast(compiling.lookup, array.elementType, 'def')
  return array.items.map((item) => wrap?.(item as never))
}

function compileDeclarations(compiling: Compiling, node: Node<'declare'>, scope: Scope): Compiled {
  const execs = node.declarations.map(({ type: written, name, value, offset }): Exec => {
    compiling.statementOffsets.push(offset)
    const type = resolveType(compiling, written, offset, 'invalid declaration: cannot resolve type [$]')
    if (type === 'void') throw new CompileError(`invalid declaration: cannot declare a variable of type [void]`, offset)
    if (value === undefined) {
      const initial = defaultOf(type)
      const { slot } = scope.declare(name, type, offset)
      return (frame) => {
        frame[slot] = initial
        return NORMAL
      }
    }
    const { eval: initial } = cast(compiling, compileExpression(compiling, value, scope), type)
    const { slot } = scope.declare(name, type, offset)
    return (frame) => {
      frame[slot] = initial(frame)
      return NORMAL
    }
  })
  return { ...PLAIN, exec: inSequence(execs) }
}

function compileReturn(compiling: Compiling, node: Node<'return'>, scope: Scope): Compiled {
  const { returns } = scope.function
  const all = { ...PLAIN, returns: true, leavesLoop: true, escapes: true }
  if (node.value === undefined) {
    if (returns !== 'void') {
      throw new CompileError(`cannot cast from [${returns}] to [void]`, node.offset, 'class_cast_exception')
    }
    return { ...all, exec: () => RETURN }
  }
  if (returns === 'void') {
    const { type, offset } = compileExpression(compiling, node.value, scope)
    throw new CompileError(`Cannot cast from [${type}] to [void].`, offset, 'class_cast_exception')
  }
  const value = cast(compiling, compileExpression(compiling, node.value, scope), returns, { internal: true })
  return { ...all, exec: returning(value.eval) }
}

function compileThrow(compiling: Compiling, node: Expression, scope: Scope, offset: number): Compiled {
  const value = asDef(compiling, cast(compiling, compileExpression(compiling, node, scope), 'java.lang.Exception'))
  return {
    exec: (frame) => {
      const thrown = value(frame)
      if (thrown instanceof ExceptionValue) throw thrown.error
      frame[AT] = offset
      throw nullPointer('Cannot throw exception because value is null')
    },
    returns: true,
    leavesLoop: true,
    escapes: true,
    mayBreak: false,
    mayContinue: false,
  }
}

interface CompiledTrap {
  readonly type: string
  readonly slot: number
  readonly body: Compiled
}

function compileTry(compiling: Compiling, node: Node<'try'>, scope: Scope, position: Position): Compiled {
  if (isEmpty(node.body)) throw new CompileError('extraneous try statement', node.offset)
  const body = compileBlock(compiling, node.body, scope, position)
  const traps = node.traps.map((trap) => compileTrap(compiling, trap, scope, position))
  const all = [body, ...traps.map((trap) => trap.body)]
  const { exec: run } = body
  const { lookup } = compiling
  return {
    exec: (frame) => {
      try {
        return run(frame)
      } catch (error) {
        if (!(error instanceof JavaError)) throw error
        const trap = traps.find(({ type }) => lookup.isAssignable(error.className, type))
        if (trap === undefined) throw error
        error.offsets.length = 0
        frame[trap.slot] = new ExceptionValue(error)
        return trap.body.exec(frame)
      }
    },
    returns: all.every(({ returns }) => returns),
    leavesLoop: all.every(({ leavesLoop }) => leavesLoop),
    escapes: all.every(({ escapes }) => escapes),
    mayBreak: all.some(({ mayBreak }) => mayBreak),
    mayContinue: all.some(({ mayContinue }) => mayContinue),
  }
}

function compileTrap(compiling: Compiling, trap: Trap, outer: Scope, position: Position): CompiledTrap {
  const type = resolveType(compiling, trap.type, trap.offset, 'invalid catch declaration: cannot resolve type [$]')
  if (!compiling.lookup.isAssignable(type, 'java.lang.Exception') || type === OBJECT) {
    throw new CompileError(`cannot cast from [${type}] to [java.lang.Exception]`, trap.offset, 'class_cast_exception')
  }
  const scope = outer.inner()
  const { slot } = scope.declare(trap.name, type, trap.offset)
  return { type, slot, body: compileBlock(compiling, trap.body, scope, position) }
}
