import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findFiles } from '../../find-files.ts'

/** Patterns by name, as pattern files define them. */
export type PatternLibrary = ReadonlyMap<string, string>

/** Pattern files that come with Elkhorn: `content/grok-patterns`, the same for `src` and `dist`. */
const CORE_FOLDER = new URL('../../../../content/grok-patterns/', import.meta.url).pathname

const core = new Map<string, Promise<PatternLibrary>>()

/** The core patterns, with field names of ECS or the older ones. Read once. */
export function loadCorePatterns(set: 'ecs-v1' | 'legacy'): Promise<PatternLibrary> {
  let library = core.get(set)
  if (library === undefined) {
    library = loadPatternFolder(join(CORE_FOLDER, set))
    core.set(set, library)
  }
  return library
}

export interface PatternSources {
  readonly ecs: boolean
  /** Folders, files, or patterns of these. */
  readonly folders: readonly string[]
  /** Which files of folders are read. */
  readonly files?: RegExp
}

/** The core patterns and those of the user, and which places of these there are not. */
export async function loadPatterns({
  ecs,
  folders,
  files,
}: PatternSources): Promise<{ readonly library: Map<string, string>; readonly missing: readonly string[] }> {
  const library = new Map(await loadCorePatterns(ecs ? 'ecs-v1' : 'legacy'))
  const missing: string[] = []
  for (const written of folders) {
    const paths = /[*?[{]/.test(written) ? (await findFiles([written], [])).toSorted() : [written]
    if (paths.length === 0) missing.push(written)
    for (const path of paths) {
      try {
        for (const [name, pattern] of await loadPatternFolder(path, (file) => files?.test(file) !== false))
          library.set(name, pattern)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
        missing.push(path)
      }
    }
  }
  return { library, missing }
}

/** Reads every file of a folder, in the order of their names; a file may be given as well. */
export async function loadPatternFolder(path: string, matches: (name: string) => boolean = () => true): Promise<PatternLibrary> {
  const patterns = new Map<string, string>()
  const isFile = (await stat(path)).isFile()
  const files = isFile
    ? [path]
    : (await readdir(path))
        .filter(matches)
        .toSorted()
        .map((name) => join(path, name))
  for (const file of files) {
    if (!(await stat(file)).isFile()) continue
    for (const [name, pattern] of parsePatternFile(await readFile(file, 'utf8'))) patterns.set(name, pattern)
  }
  return patterns
}

/** `NAME pattern`, one a line. Empty lines and `#` comments are skipped. */
export function parsePatternFile(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (/^\s*(?:#|$)/.test(line)) return []
    const match = /^\s*(\S+)\s+(.*)$/.exec(line)
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as [string, string]]
  })
}
