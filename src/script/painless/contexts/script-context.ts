import type { ClassTable } from '../class-table.ts'
import type { BoundFunction } from '../compile/compiling.ts'
import type { Bindings } from '../compile/frame.ts'
import type { Type } from '../types.ts'

/** What a kind of script is given and gives back: `Run` is what its callers call. */
export interface ScriptContext<Run> {
  /** As `_script_context` and limits name it. */
  readonly name: string
  readonly returns: Type
  /** Names and types of its variables, `params` included. */
  readonly variables: Readonly<Record<string, Type>>
  /** Those of its variables that it is called with, rather than that it asks for. */
  readonly takes?: readonly string[]
  readonly functions?: readonly BoundFunction[]
  readonly classes?: readonly ClassTable[]
  /** Wraps a program; `params` are the script's own parameters. */
  readonly make: (run: (bindings: Bindings) => unknown, params: Readonly<Record<string, unknown>>) => Run
}
