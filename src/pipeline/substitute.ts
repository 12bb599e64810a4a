import type { Condition, Operand } from '../script/condition.ts'
import type { LeniencyWarning, PipelineDefinition, PluginStatement, Position, Statement, Value } from './language/ast.ts'
import { PipelineConfigError } from './language/ast.ts'

export interface SubstituteOptions {
  /** The key store's values first, then the environment's. */
  readonly lookUp: (name: string) => string | undefined
  /** `compat: lenient`: a variable that is not set warns, and an option that is nothing but it counts as not written. */
  readonly lenient: boolean
  readonly warn: (warning: LeniencyWarning) => void
}

const VARIABLE = /\$\{([A-Za-z_.][A-Za-z0-9_.]*)(?::([^}]*))?\}/g
const ONLY_VARIABLE = /^\$\{[^}]*\}$/

/**
 * Replaces `${NAME}` and `${NAME:default}` in the values of options and conditions.
 * @throws PipelineConfigError for a variable without a value, unless lenient
 */
export function substituteVariables(pipeline: PipelineDefinition, options: SubstituteOptions): PipelineDefinition {
  const substitute = new Substitution(options)
  return {
    inputs: substitute.statements(pipeline.inputs),
    filters: substitute.statements(pipeline.filters),
    outputs: substitute.statements(pipeline.outputs),
  }
}

/** Options of the `environment` filter that name variables where others refer to them. */
const NAMES_OF_VARIABLES = new Set(['add_field_from_env', 'add_metadata_from_env'])

function asReferences(value: Value): Value {
  if (value.kind !== 'hash') return value
  const entries = value.entries.map((entry) =>
    entry.value.kind === 'string' ? { ...entry, value: { ...entry.value, text: `\${${entry.value.text}}` } } : entry,
  )
  return { ...value, entries }
}

class Substitution {
  readonly #options: SubstituteOptions
  /** How many variables had no value so far. */
  #missing = 0

  constructor(options: SubstituteOptions) {
    this.#options = options
  }

  statements(statements: readonly Statement[]): Statement[] {
    return statements.map((statement) => {
      if (statement.kind === 'plugin') return this.#plugin(statement)
      return {
        ...statement,
        arms: statement.arms.map((arm) => ({
          ...arm,
          condition: this.#condition(arm.condition, arm.position),
          body: this.statements(arm.body),
        })),
        otherwise: statement.otherwise === undefined ? undefined : this.statements(statement.otherwise),
      }
    })
  }

  #plugin(plugin: PluginStatement): PluginStatement {
    const unset = new Set<string>()
    const options = plugin.options.flatMap((option) => {
      const before = this.#missing
      const isNames = plugin.name === 'environment' && NAMES_OF_VARIABLES.has(option.name)
      const value = this.#value(isNames ? asReferences(option.value) : option.value)
      if (this.#missing > before) unset.add(option.name)
      return value === undefined ? [] : [{ ...option, value }]
    })
    return { ...plugin, options, unset }
  }

  /** `undefined` where nothing is left: the value was one variable that has none. */
  #value(value: Value): Value | undefined {
    switch (value.kind) {
      case 'string': {
        const text = this.#text(value.text, value.position)
        return text === undefined ? undefined : { ...value, text }
      }
      case 'array':
        return { ...value, items: value.items.flatMap((item) => this.#value(item) ?? []) }
      case 'hash':
        return {
          ...value,
          entries: value.entries.flatMap((entry) => {
            const replaced = this.#value(entry.value)
            return replaced === undefined ? [] : [{ ...entry, value: replaced }]
          }),
        }
      case 'plugin':
        return { ...value, plugin: this.#plugin(value.plugin) }
      default:
        return value
    }
  }

  #text(text: string, position: Position): string | undefined {
    if (!text.includes('${')) return text
    let missing = false
    const replaced = text.replaceAll(VARIABLE, (whole, name: string, fallback: string | undefined) => {
      const value = this.#options.lookUp(name) ?? fallback
      if (value !== undefined) return value
      missing = true
      this.#missing += 1
      const message = `the environment variable [${name}] is not set, and ${whole} gives no default`
      if (!this.#options.lenient) throw new PipelineConfigError(`${message}: set it, or write \${${name}:default}`, position)
      this.#options.warn({ name: 'W-ENV', message: `${message}: the option counts as not written`, position })
      return ''
    })
    return missing && ONLY_VARIABLE.test(text) ? undefined : replaced
  }

  #condition(condition: Condition, position: Position): Condition {
    switch (condition.kind) {
      case 'and':
      case 'or':
      case 'xor':
      case 'nand':
        return {
          ...condition,
          left: this.#condition(condition.left, position),
          right: this.#condition(condition.right, position),
        }
      case 'not':
        return { ...condition, condition: this.#condition(condition.condition, position) }
      case 'compare':
      case 'in':
        return { ...condition, left: this.#operand(condition.left, position), right: this.#operand(condition.right, position) }
      case 'match':
        return {
          ...condition,
          left: this.#operand(condition.left, position),
          pattern: this.#text(condition.pattern, position) ?? '',
        }
      default:
        return condition
    }
  }

  #operand(operand: Operand, position: Position): Operand {
    if (operand.kind === 'value' && typeof operand.value === 'string') {
      return { kind: 'value', value: this.#text(operand.value, position) ?? '' }
    }
    return operand.kind === 'list'
      ? { kind: 'list', values: operand.values.map((value) => this.#operand(value, position)) }
      : operand
  }
}
