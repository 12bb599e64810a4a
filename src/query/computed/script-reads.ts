import type { Script } from '../../script/painless/syntax/ast.ts'

/** What a script reads of a document, as far as its text tells. */
export interface ScriptReads {
  /** Paths of fields; `undefined` where a path is made while it runs. */
  readonly paths: readonly string[] | undefined
  readonly score: boolean
  readonly source: boolean
}

/** Finds every `doc['path']` and `doc.path`; a parameter is known, too. */
export function scriptReads(script: Script, params: Readonly<Record<string, unknown>>): ScriptReads {
  const paths = new Set<string>()
  let isOpen = false
  let score = false
  let source = false
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const one of node as readonly unknown[]) visit(one)
      return
    }
    const { kind, object, index, name, value } = node as Readonly<Record<string, unknown>>
    if ((kind === 'element' || kind === 'member') && isName(object, 'doc')) {
      const path = kind === 'member' ? name : knownText(index, params)
      if (typeof path === 'string') paths.add(path)
      else isOpen = true
      visit(index)
      return
    }
    // What `doc` itself is asked: only whether it has a field, which takes no value.
    if (kind === 'call' && isName(object, 'doc') && name === 'containsKey') {
      visit((node as { readonly arguments?: unknown }).arguments)
      return
    }
    if (kind === 'name' && name === 'doc') isOpen = true
    if (kind === 'name' && name === '_score') score = true
    if ((kind === 'string' && value === '_source') || (kind === 'member' && name === '_source')) source = true
    for (const member of Object.values(node)) visit(member)
  }
  visit(script)
  return { paths: isOpen ? undefined : [...paths], score, source }
}

function isName(node: unknown, name: string): boolean {
  return (
    typeof node === 'object' && node !== null && 'kind' in node && 'name' in node && node.kind === 'name' && node.name === name
  )
}

/** A literal, or a parameter of the script. */
function knownText(node: unknown, params: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  const { kind, value, object, name, index } = node as Readonly<Record<string, unknown>>
  if (kind === 'string' && typeof value === 'string') return value
  const key =
    kind === 'member' && isName(object, 'params')
      ? name
      : kind === 'element' && isName(object, 'params')
        ? knownText(index, {})
        : undefined
  const given = typeof key === 'string' && Object.hasOwn(params, key) ? params[key] : undefined
  return typeof given === 'string' ? given : undefined
}
