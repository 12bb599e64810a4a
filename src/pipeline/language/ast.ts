import type { Float } from '../../core/float.ts'
import type { Condition } from '../../script/condition.ts'

/** A place in a pipeline file. Lines and columns count from 1, columns in UTF-16 units. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A pipeline file, or several of one pipeline joined: what stands in each section, in order. */
export interface PipelineDefinition {
  readonly inputs: readonly Statement[]
  readonly filters: readonly Statement[]
  readonly outputs: readonly Statement[]
}

export type Section = 'input' | 'filter' | 'output'

export type Statement = PluginStatement | BranchStatement

export interface PluginStatement {
  readonly kind: 'plugin'
  readonly name: string
  readonly options: readonly Option[]
  /** Options in whose values variables stand that are not set. */
  readonly unset?: ReadonlySet<string>
  readonly position: Position
}

export interface Option {
  readonly name: string
  readonly value: Value
  readonly position: Position
}

export interface BranchStatement {
  readonly kind: 'branch'
  /** `if`, then each `else if`. */
  readonly arms: readonly Arm[]
  readonly otherwise: readonly Statement[] | undefined
  readonly position: Position
}

export interface Arm {
  readonly condition: Condition
  readonly body: readonly Statement[]
  readonly position: Position
}

/** The value of an option. Numbers with a point stay decimals: `1.0` is not `1`. */
export type Value =
  | { readonly kind: 'string'; readonly text: string; readonly quote: '"' | "'" | 'none'; readonly position: Position }
  | { readonly kind: 'number'; readonly value: number | Float; readonly text: string; readonly position: Position }
  | { readonly kind: 'array'; readonly items: readonly Value[]; readonly position: Position }
  | { readonly kind: 'hash'; readonly entries: readonly Entry[]; readonly position: Position }
  | { readonly kind: 'plugin'; readonly plugin: PluginStatement; readonly position: Position }

export interface Entry {
  readonly key: string
  readonly value: Value
  readonly position: Position
}

/** A file that is not quite Logstash's language, or asks for something that cannot be had. */
export class PipelineConfigError extends Error {
  readonly position: Position

  constructor(message: string, position: Position) {
    super(message)
    this.name = 'PipelineConfigError'
    this.position = position
  }

  /** `file:line:column: what`. */
  describe(): string {
    return `${printPosition(this.position)}: ${this.message}`
  }
}

/** An option is wrong, or missing, because variables are not set here: where they are, it may be right. */
export class UnsetVariableError extends PipelineConfigError {}

export function printPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`
}

/** A file that Logstash itself would refuse or misread was accepted: each kind has a name and is logged once. */
export interface LeniencyWarning {
  readonly name: string
  readonly message: string
  readonly position: Position
}
