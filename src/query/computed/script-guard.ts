import type { Script } from '../../script/painless/syntax/ast.ts'

/**
 * The condition that a script is all about, as a script of its own: without it nothing is done. `undefined` where there is more
 * than one `if`, and where the condition may be another one from document to document: parameters can be written to.
 */
export function guardOf({ functions, statements }: Script): Script | undefined {
  const [only] = statements
  if (functions.length > 0 || statements.length !== 1 || only?.kind !== 'if' || only.otherwise !== undefined) return undefined
  if (names(only.condition, 'params')) return undefined
  return { functions, statements: [{ kind: 'return', offset: only.offset, value: only.condition }] }
}

function names(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false
  if ('kind' in node && node.kind === 'name' && 'name' in node && node.name === name) return true
  return Object.values(node).some((member) => names(member, name))
}
