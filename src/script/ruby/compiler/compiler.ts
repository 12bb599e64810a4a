import { parseRuby } from '../parser.ts'
import { calls } from './calls.ts'
import type { Code, Compile, Node, Scope } from './code.ts'
import { control } from './control.ts'
import { literals } from './literals.ts'
import { unsupported, variables } from './variables.ts'

const compilers: ReadonlyMap<string, (node: never, scope: Scope, compile: Compile) => Code> = new Map(
  Object.entries({ ...literals, ...variables, ...control, ...calls }) as [
    string,
    (node: never, scope: Scope, compile: Compile) => Code,
  ][],
)

function compileNode(node: Node, scope: Scope): Code {
  const compiler = compilers.get(node.constructor.name)
  if (compiler === undefined) return unsupported(node, scope, `[${node.constructor.name.replace(/Node$/, '')}]`)
  return compiler(node as never, scope, compileNode)
}

/** Code of a script, and the names of its variables: first those that it is given. */
export interface CompiledProgram {
  readonly code: Code
  readonly locals: readonly string[]
}

/** @throws RubySyntaxError for what Ruby refuses, and for what filters do not have */
export function compileProgram(source: string, given: readonly string[]): CompiledProgram {
  const program = parseRuby(source, given)
  const scope: Scope = { names: program.locals, parent: undefined, kind: 'script', within: 'none', source }
  return { code: compileNode(program.statements, scope), locals: program.locals }
}
