import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ProgramNode } from '@ruby/prism/src/nodes.js'
import type { parsePrism } from '@ruby/prism/src/parsePrism.js'

/** Ruby code that Ruby itself would refuse, or that uses what filters do not have. */
export class RubySyntaxError extends Error {
  /** Counted from 1, within the code. */
  readonly line: number
  readonly column: number

  constructor(message: string, line: number, column: number) {
    super(message)
    this.name = 'RubySyntaxError'
    this.line = line
    this.column = column
  }
}

/** What is used of WebAssembly, which the types of Node.js leave out. */
interface WasmLoader {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(
    module: object,
    imports: Record<string, Record<string, () => number>>,
  ): Promise<{ readonly exports: Record<string, unknown> }>
  readonly Module: { imports(module: object): readonly { readonly module: string; readonly name: string }[] }
}

let loaded: { readonly exports: Record<string, unknown>; readonly parse: typeof parsePrism } | undefined

/**
 * Loads Ruby's own parser, once: what runs pipelines does so before it compiles the first. The parser is WebAssembly that
 * wants a system interface; it gets one that refuses everything, since parsing needs none.
 */
export async function loadRubyParser(): Promise<void> {
  if (loaded !== undefined) return
  const path = createRequire(import.meta.url).resolve('@ruby/prism/src/prism.wasm')
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmLoader }
  const module = await WebAssembly.compile(await readFile(path))
  const refuse = (): number => NOT_CAPABLE
  const wanted = WebAssembly.Module.imports(module)
  const imports: Record<string, Record<string, () => number>> = {}
  for (const { module: from, name } of wanted) imports[from] = { ...imports[from], [name]: refuse }
  const instance = await WebAssembly.instantiate(module, imports)
  const { _initialize: initialize } = instance.exports
  if (typeof initialize === 'function') (initialize as () => void)()
  loaded = { exports: instance.exports, parse: (await import('@ruby/prism/src/parsePrism.js')).parsePrism }
}

/** WASI's `ENOTCAPABLE`. */
const NOT_CAPABLE = 76

/** @throws RubySyntaxError at the first error */
export function parseRuby(source: string, locals: readonly string[]): ProgramNode {
  if (loaded === undefined) throw new Error("Ruby's parser is not loaded yet")
  const result = loaded.parse(loaded.exports as Parameters<typeof parsePrism>[0], source, { scopes: [[...locals]] })
  const [first] = result.errors
  if (first !== undefined) {
    const { line, column } = positionIn(source, first.location.startOffset)
    throw new RubySyntaxError(`syntax error: ${first.message}`, line, column)
  }
  return result.value
}

/** Line and column of a place that is counted in UTF-8 bytes. */
export function positionIn(source: string, byteOffset: number): { readonly line: number; readonly column: number } {
  const before = Buffer.from(source).subarray(0, byteOffset).toString()
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}
