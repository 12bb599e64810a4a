import type { Clock } from '../../../core/time.ts'
import { openBudget, step } from '../budget.ts'
import type { ClassLookup } from '../class-table.ts'
import { JavaError } from '../java-error.ts'
import type { FunctionNode } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { parseScript } from '../syntax/parse.ts'
import type { Type } from '../types.ts'
import { resolveType, type BoundFunction, type Compiling, type LocalFunction } from './compiling.ts'
import { AT, FIRST_VARIABLE, RESULT, type Bindings, type Frame } from './frame.ts'
import { compileExpression } from './expressions.ts'
import { openFrame } from './lambdas.ts'
import { FunctionScope, Scope } from './scope.ts'
import { compileBody } from './statements.ts'

/** What a script is compiled against. */
export interface Signature {
  readonly lookup: ClassLookup
  /** What the script returns, `void` for nothing. */
  readonly returns: Type
  /** Variables that the caller binds, with their types. */
  readonly variables: Readonly<Record<string, Type>>
  readonly functions: readonly BoundFunction[]
  readonly clock: Clock
}

/** A script that is ready to run. */
export interface Program {
  /** Offsets of statements, ascending. */
  readonly statementOffsets: readonly number[]
  /**
   * Runs it with the caller's variables, each held as its type says; the answer is held as the script's type says.
   * @throws JavaError whose `offsets` tell where
   */
  run(bindings: Bindings): unknown
}

/** @throws CompileError */
export function compileProgram(source: string, signature: Signature): Program {
  const script = parseScript(source)
  const compiling: Compiling = {
    lookup: signature.lookup,
    functions: new Map(),
    boundFunctions: new Map(signature.functions.map((one) => [`${one.name}/${one.parameters.length}`, one])),
    statementOffsets: [],
    compileExpression: (node, inside) => compileExpression(compiling, node, inside),
    compileBody: (body, inside) => compileBody(compiling, body, inside),
  }
  const bodies = script.functions.map((node) => declareFunction(compiling, node))
  for (const compile of bodies) compile()

  const owner = new FunctionScope(signature.returns)
  const scope = new Scope(owner)
  const variables = Object.entries(signature.variables).map(([name, type]) => ({
    name,
    slot: scope.declare(name, type, 0, true).slot,
  }))
  const body = { kind: 'block', offset: 0, statements: script.statements } as const
  const run = compileBody(compiling, body, scope)
  return {
    statementOffsets: compiling.statementOffsets.toSorted((a, b) => a - b),
    run(bindings) {
      openBudget(signature.clock.now())
      const frame: Frame = [0, null, bindings, 0, 0]
      for (let slot = FIRST_VARIABLE; slot < owner.size; slot++) frame.push(null)
      for (const { name, slot } of variables) frame[slot] = bindings[name] ?? null
      try {
        run(frame)
      } catch (error) {
        throw located(error, frame)
      }
      return frame[RESULT]
    },
  }
}

/** An error with the place in this frame added; our own stack's end is Java's. */
function located(error: unknown, frame: Frame): unknown {
  const known =
    error instanceof RangeError && error.message.includes('call stack')
      ? new JavaError('java.lang.StackOverflowError', null)
      : error
  if (known instanceof JavaError) known.offsets.push(frame[AT] as number)
  return known
}

/** Makes a function known; its body is compiled by what is returned, when all functions are known. */
function declareFunction(compiling: Compiling, node: FunctionNode): () => void {
  const key = `${node.name}/${node.parameters.length}`
  if (compiling.functions.has(key)) {
    throw new CompileError(`invalid function definition: found duplicate function [${key}].`, node.offset)
  }
  if (node.body.statements.length === 0) {
    throw new CompileError(
      `invalid function definition: found no statements for function [${node.name}] with [${node.parameters.length}] parameters`,
      node.offset,
    )
  }
  const returns = resolveType(compiling, node.returns, node.offset)
  const owner = new FunctionScope(returns)
  const scope = new Scope(owner)
  const parameters = node.parameters.map(({ name, type = 'def', offset }) => {
    const resolved = resolveType(compiling, type, offset)
    return { type: resolved, slot: scope.declare(name, resolved, offset).slot }
  })
  let run: ((frame: Frame) => number) | undefined
  const local: LocalFunction = {
    name: node.name,
    returns,
    parameters: parameters.map(({ type }) => type),
    invoke(caller, values) {
      step()
      const frame = openFrame(caller, owner.size)
      for (let at = 0; at < parameters.length; at++) frame[parameters[at]?.slot ?? 0] = values[at]
      try {
        run?.(frame)
      } catch (error) {
        throw located(error, frame)
      }
      return frame[RESULT]
    },
  }
  compiling.functions.set(key, local)
  return () => {
    run = compileBody(
      compiling,
      node.body,
      scope,
      () =>
        new CompileError(
          `invalid function definition: not all paths provide a return value for function [${node.name}] with [${node.parameters.length}] parameters`,
          node.offset,
        ),
    )
  }
}
