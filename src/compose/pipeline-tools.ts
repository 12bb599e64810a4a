import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../config/environment.ts'
import { compileSource } from '../pipeline/compile-source.ts'
import { printPosition } from '../pipeline/language/ast.ts'
import { pluginTables } from '../plugins/tables.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'

export interface LintOptions {
  readonly compat: 'lenient' | 'strict'
  readonly environment: Environment
}

/** What is wrong with pipeline files, and what was let pass: `file:line:column: what` each. */
export interface LintResult {
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads every file as a pipeline of its own, as a start would, and makes nothing. A folder stands for its `*.conf`. */
export async function lintPipelines(paths: readonly string[], { compat, environment }: LintOptions): Promise<LintResult> {
  await loadOniguruma()
  const errors: string[] = []
  const warnings: string[] = []
  for (const path of paths) {
    for (const file of await pipelineFiles(path)) {
      const text = await readFile(file, 'utf8')
      const compiled = compileSource(
        { id: file, files: [{ name: file, text }] },
        { tables: pluginTables, lenient: compat === 'lenient', supportEscapes: false, lookUp: (name) => environment[name] },
      )
      errors.push(...compiled.errors.map((error) => error.describe()))
      warnings.push(...compiled.warnings.map(({ name, message, position }) => `${printPosition(position)}: ${name}: ${message}`))
    }
  }
  return { errors, warnings }
}

async function pipelineFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  return (await readdir(path))
    .filter((name) => name.endsWith('.conf'))
    .toSorted()
    .map((name) => join(path, name))
}
