import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { RubyMatch, RubyRegexpFlags, SearchFunction } from './ruby-regexp.ts'

/** What is used of the package. Its own types have `const enum`s, which leave no value behind. */
interface OnigurumaModule {
  loadWASM(binary: Uint8Array): Promise<void>
  readonly OnigScanner: new (
    patterns: readonly string[],
    config: { readonly options: readonly number[]; readonly syntax: number },
  ) => {
    findNextMatchSync(
      text: string,
      from: number,
    ): { readonly captureIndices: readonly { readonly start: number; readonly end: number }[] } | null
  }
}

/** Its `FindOption`s and `Syntax`. */
const OPTION_IGNORECASE = 2
const OPTION_EXTEND = 3
const OPTION_MULTILINE = 4
const OPTION_ASCII = [15, 16, 17]
const SYNTAX_ONIGURUMA = 12

let loaded: OnigurumaModule | undefined

/** Loads Oniguruma itself, once: what runs pipelines does so before it compiles the first. */
export async function loadOniguruma(): Promise<void> {
  if (loaded !== undefined) return
  const require = createRequire(import.meta.url)
  const { default: module } = (await import('vscode-oniguruma')) as unknown as { default: OnigurumaModule }
  await module.loadWASM(await readFile(require.resolve('vscode-oniguruma/release/onig.wasm')))
  loaded = module
}

/** A search by Oniguruma, for patterns whose meaning the native engine lacks. About a third of its speed. */
export function compileOniguruma(source: string, flags: RubyRegexpFlags): SearchFunction {
  if (loaded === undefined) throw new Error('it needs Oniguruma, which is not loaded yet')
  const options = [...OPTION_ASCII]
  if (flags.ignoreCase === true) options.push(OPTION_IGNORECASE)
  if (flags.extended === true) options.push(OPTION_EXTEND)
  if (flags.dotAll === true) options.push(OPTION_MULTILINE)
  const scanner = new loaded.OnigScanner([source], { options, syntax: SYNTAX_ONIGURUMA })
  return (text, from): RubyMatch | undefined => {
    const match = scanner.findNextMatchSync(text, from)
    if (match === null) return undefined
    const [whole, ...captures] = match.captureIndices
    if (whole === undefined) return undefined
    // A group that took no part is told as beyond the text or empty at its end: an empty one there is lost, too.
    const groups = captures.map(({ start, end }) => (start >= text.length ? undefined : text.slice(start, end)))
    return { index: whole.start, end: whole.end, groups: [text.slice(whole.start, whole.end), ...groups] }
  }
}
