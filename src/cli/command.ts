import type { Environment, LookUp } from '../config/environment.ts'
import type { Config } from '../config/schema.ts'

/** An option as `node:util` `parseArgs` reads it, with what the help says about it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** Stands for the value in the help: `FILE`, `key=value`. */
  readonly value?: string
  readonly summary: string
}

export interface CommandInput {
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
  readonly words: readonly string[]
  readonly environment: Environment
  /** The current folder. */
  readonly folder: string
  readonly stdin: NodeJS.ReadableStream
  print(text: string): void
  /** Parts of the program that the command line may start but not import. */
  readonly programs: Programs
}

/** One subcommand. `run` answers the exit code; what it throws as `CommandError` is one line and exit code 1. */
export interface Command {
  /** One or two words: `start`, `users reset-password`. */
  readonly name: string
  readonly summary: string
  /** What follows the name in the first line of its help. */
  readonly usage: string
  /** Further paragraphs of its help. */
  readonly details?: string
  readonly options: Readonly<Record<string, CommandOption>>
  run(input: CommandInput): Promise<number>
}

/** The user's mistake or the machine's state: printed as it is. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

export interface StartOptions {
  readonly config: string | undefined
  readonly overrides: readonly string[]
}

export interface Programs {
  /** Runs Elkhorn until it is told to stop. @returns the exit code */
  start(options: StartOptions): Promise<number>
  /** Checks pipeline files. Rejects with what the system says when one cannot be read. */
  lintPipelines(
    paths: readonly string[],
    options: { readonly compat: 'lenient' | 'strict'; readonly lookUp: LookUp },
  ): Promise<{ readonly errors: readonly string[]; readonly warnings: readonly string[] }>
  /** Prints what the filters of a pipeline make of lines. Resolves to what keeps the pipeline from loading. */
  testPipeline(
    paths: readonly string[],
    options: {
      readonly compat: 'lenient' | 'strict'
      readonly lookUp: LookUp
      readonly config: Config
      readonly events: AsyncIterable<string>
      readonly print: (text: string) => void
    },
  ): Promise<readonly string[]>
}

export const stringOption = (input: CommandInput, name: string): string | undefined => {
  const value = input.options[name]
  return typeof value === 'string' ? value : undefined
}

export const stringOptions = (input: CommandInput, name: string): readonly string[] => {
  const value = input.options[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
