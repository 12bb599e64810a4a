import { ElkhornError, illegalArgument } from '../core/errors.ts'
import type { MetadataSection } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import { expressionToPainless } from './expression/to-painless.ts'
import type { ClassLookup } from './painless/class-table.ts'
import { lookupWith } from './painless/classes/index.ts'
import { compileProgram } from './painless/compile/program.ts'
import type { ScriptContext } from './painless/contexts/script-context.ts'
import { JavaError } from './painless/java-error.ts'
import { compileFailure, runtimeFailure } from './painless/script-error.ts'
import { CompileError } from './painless/syntax/compile-error.ts'
import type { ScriptReference } from './script-request.ts'

/** A script that was stored by `PUT /_scripts/{id}`. */
export interface StoredScript {
  readonly lang: string
  readonly source: string
  readonly options?: Readonly<Record<string, string>>
}

/** Longest source, in characters: Elasticsearch's `script.max_size_in_bytes`. */
const MAX_SOURCE_LENGTH = 65_535
/** Compiled scripts that are kept; the one unused for longest goes first. */
const MAX_COMPILED = 500

type Runner = (bindings: Readonly<Record<string, unknown>>) => unknown

/** Compiles scripts once and runs them many times; knows the stored ones. */
export class Scripts {
  readonly #stored: MetadataSection<StoredScript>
  readonly #clock: Clock
  readonly #compiled = new Map<string, Runner>()
  readonly #lookups = new Map<string, ClassLookup>()

  constructor(stored: MetadataSection<StoredScript>, clock: Clock) {
    this.#stored = stored
    this.#clock = clock
  }

  /** What the script's context says to call. @throws ElkhornError `script_exception`; 404 for an id that is not stored */
  compile<Run>(reference: ScriptReference, context: ScriptContext<Run>): Run {
    return context.make(this.#runnerOf(this.painlessOf(reference, context), context), reference.params)
  }

  /** What runs for a script: its own text, or Painless that means the same. @throws ElkhornError `script_exception`; 404 */
  painlessOf(reference: ScriptReference, context: ScriptContext<unknown>): string {
    const { lang, source } = this.resolve(reference)
    if (lang === 'painless') return source
    if (lang !== 'expression') throw illegalArgument(`script_lang not supported [${lang}]`)
    checkLength(source)
    try {
      return expressionToPainless(source, context.returns === 'boolean')
    } catch (error) {
      throw error instanceof CompileError ? compileFailure(error, source, lang) : error
    }
  }

  /** The text that a reference stands for. @throws ElkhornError 404 */
  resolve({ id, source, lang }: ScriptReference): StoredScript {
    if (id === undefined) return { lang, source: source ?? '' }
    const stored = this.#stored.get(id)
    if (stored === undefined)
      throw new ElkhornError('resource_not_found_exception', 404, `unable to find script [${id}] in cluster state`)
    return stored
  }

  #runnerOf(source: string, context: ScriptContext<unknown>): Runner {
    const key = `${context.name}\u0000${source}`
    const known = this.#compiled.get(key)
    if (known) {
      this.#compiled.delete(key)
      this.#compiled.set(key, known)
      return known
    }
    const made = this.#compile(source, context)
    this.#compiled.set(key, made)
    if (this.#compiled.size > MAX_COMPILED) {
      for (const oldest of this.#compiled.keys()) {
        this.#compiled.delete(oldest)
        break
      }
    }
    return made
  }

  #compile(source: string, context: ScriptContext<unknown>): Runner {
    checkLength(source)
    const { returns, variables, functions = [] } = context
    try {
      const program = compileProgram(source, {
        lookup: this.#lookupOf(context),
        returns,
        variables,
        functions,
        clock: this.#clock,
      })
      return (bindings) => {
        try {
          return program.run(bindings)
        } catch (error) {
          if (error instanceof JavaError) throw runtimeFailure(error, source, program.statementOffsets)
          throw error
        }
      }
    } catch (error) {
      if (error instanceof CompileError) throw compileFailure(error, source)
      throw error
    }
  }

  #lookupOf({ name, classes = [] }: ScriptContext<unknown>): ClassLookup {
    const key = classes.length === 0 ? '' : name
    let lookup = this.#lookups.get(key)
    if (!lookup) this.#lookups.set(key, (lookup = lookupWith(classes)))
    return lookup
  }

  // --- stored scripts ---

  getStored(id: string): StoredScript | undefined {
    return this.#stored.get(id)
  }

  async store(id: string, script: StoredScript): Promise<void> {
    await this.#stored.put(id, script)
  }

  /** Whether there was one. */
  async remove(id: string): Promise<boolean> {
    return await this.#stored.delete(id)
  }
}

function checkLength(source: string): void {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw illegalArgument(
      `exceeded max allowed inline script size in bytes [${MAX_SOURCE_LENGTH}] with size [${source.length}] for script [${source.slice(0, 100)}...]`,
    )
  }
}
