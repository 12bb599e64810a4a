import { z } from 'zod'
import { nearestName } from '../core/nearest.ts'
import { reasonOf } from '../core/reason.ts'
import { commonFilterOptions, commonInputOptions, commonOptions, commonOutputOptions } from '../plugins/options.ts'
import type { CodecPlugin, FilterPlugin, InputPlugin, OutputPlugin, Plugin } from '../plugins/plugin.ts'
import type { PluginTables } from '../plugins/tables.ts'
import { compileRubyRegexp } from '../script/regexp/ruby-regexp.ts'
import type { Condition, Operand } from '../script/condition.ts'
import type { Block, BranchNode, CodecNode, FilterNode, InputNode, OutputNode, PipelineGraph } from './graph.ts'
import {
  PipelineConfigError,
  UnsetVariableError,
  type LeniencyWarning,
  type Option,
  type PipelineDefinition,
  type PluginStatement,
  type Position,
  type Statement,
} from './language/ast.ts'
import { optionValues, plainValue } from './option-values.ts'

export interface LoadOptions {
  readonly tables: PluginTables
  /** `compat: lenient`: what Logstash took before version 2 is taken, with a warning. */
  readonly lenient: boolean
  readonly warn: (warning: LeniencyWarning) => void
}

/** A pipeline as far as it is right, and everything that is wrong with it, in the order of the file. */
export interface LoadedPipeline {
  readonly graph: PipelineGraph
  readonly errors: readonly PipelineConfigError[]
}

/** Looks up plug-ins and checks their options. Nothing is made, opened or connected. */
export function loadPipeline(pipeline: PipelineDefinition, options: LoadOptions): LoadedPipeline {
  const loader = new Loader(options)
  const graph: PipelineGraph = {
    inputs: loader.inputs(pipeline.inputs),
    filters: loader.block(pipeline.filters, (statement) => loader.filter(statement)),
    outputs: loader.block(pipeline.outputs, (statement) => loader.output(statement)),
  }
  const errors = loader.errors.toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
  return { graph, errors }
}

class Loader {
  readonly errors: PipelineConfigError[] = []
  readonly #options: LoadOptions
  readonly #ids = new Set<string>()

  constructor(options: LoadOptions) {
    this.#options = options
  }

  block<N>(statements: readonly Statement[], load: (statement: PluginStatement) => N | BranchNode<N> | undefined): Block<N> {
    return statements.flatMap((statement) => {
      if (statement.kind === 'plugin') return load(statement) ?? []
      return {
        kind: 'branch' as const,
        arms: statement.arms.map((arm) => {
          this.#checkPatterns(arm.condition, arm.position)
          return { condition: arm.condition, position: arm.position, body: this.block(arm.body, load) }
        }),
        otherwise: statement.otherwise === undefined ? undefined : this.block(statement.otherwise, load),
      }
    })
  }

  inputs(statements: readonly Statement[]): InputNode[] {
    return statements.flatMap((statement) => {
      if (statement.kind === 'plugin') return this.#input(statement) ?? []
      this.#fail('the input section has no conditions: put if into filter or output', statement.position)
      return []
    })
  }

  #input(statement: PluginStatement): InputNode | undefined {
    const plugin = this.#find<InputPlugin>('input', this.#options.tables.inputs, statement)
    if (plugin === undefined) return undefined
    const loaded = this.#load(statement, plugin, { ...commonInputOptions, codec: z.unknown().optional() })
    const codec = this.#codec(statement, plugin.defaultCodec)
    if (loaded === undefined || codec === undefined) return undefined
    const { add_field, tags, type } = loaded.common
    return { ...loaded.node, codec, common: { add_field, tags, type } }
  }

  filter(written: PluginStatement): FilterNode | BranchNode<FilterNode> | undefined {
    const plugin = this.#find<FilterPlugin>('filter', this.#options.tables.filters, written)
    if (plugin === undefined) return undefined
    const { statement, condition } = this.#olderCondition(written, plugin)
    const loaded = this.#load(statement, plugin, commonFilterOptions)
    if (loaded === undefined) return undefined
    const { add_field, add_tag, remove_field, remove_tag } = loaded.common
    return within(condition, { ...loaded.node, common: { add_field, add_tag, remove_field, remove_tag } })
  }

  output(written: PluginStatement): OutputNode | BranchNode<OutputNode> | undefined {
    const plugin = this.#find<OutputPlugin>('output', this.#options.tables.outputs, written)
    if (plugin === undefined) return undefined
    const { statement, condition } = this.#olderCondition(written, plugin)
    const loaded = this.#load(statement, plugin, { ...commonOutputOptions, codec: z.unknown().optional() })
    const codec = this.#codec(statement, plugin.defaultCodec)
    return loaded === undefined || codec === undefined ? undefined : within(condition, { ...loaded.node, codec })
  }

  /**
   * Before there were conditions, filters and outputs had the options `type`, `tags` and `exclude_tags`, which said what
   * events they are for.
   */
  #olderCondition(
    statement: PluginStatement,
    plugin: Plugin,
  ): { readonly statement: PluginStatement; readonly condition: Condition | undefined } {
    const isOlder = (name: string): boolean => OLDER_CONDITIONS.has(name) && !(name in plugin.config.shape)
    const older = this.#options.lenient ? statement.options.filter(({ name }) => isOlder(name)) : []
    if (older.length === 0) return { statement, condition: undefined }
    const [{ position }] = older as [Option]
    this.#options.warn({
      name: 'W-TYPE-OPTION',
      message: `[${statement.name}] options ${older.map(({ name }) => `[${name}]`).join(', ')}: read as a condition, which Logstash wants since version 2`,
      position,
    })
    const conditions = older.flatMap(({ name, value }) =>
      [plainValue(value)].flat().map((one): Condition => {
        const wanted: Operand = { kind: 'value', value: String(one) }
        if (name === 'type')
          return { kind: 'compare', operator: '==', left: { kind: 'field', reference: '[type]' }, right: wanted }
        const tagged: Condition = { kind: 'in', left: wanted, right: { kind: 'field', reference: '[tags]' } }
        return name === 'tags' ? tagged : { kind: 'not', condition: tagged }
      }),
    )
    return {
      statement: { ...statement, options: statement.options.filter(({ name }) => !isOlder(name)) },
      condition: conditions.reduce<Condition | undefined>(
        (left, right) => (left === undefined ? right : { kind: 'and', left, right }),
        undefined,
      ),
    }
  }

  /** The option `codec`, or the plug-in's usual one. */
  #codec(owner: PluginStatement, usual: string): CodecNode | undefined {
    const option = owner.options.findLast(({ name }) => name === 'codec')
    const { value } = option ?? {}
    let statement: PluginStatement
    if (value === undefined) statement = { kind: 'plugin', name: usual, options: [], position: owner.position }
    else if (value.kind === 'plugin') statement = value.plugin
    else if (value.kind === 'string') statement = { kind: 'plugin', name: value.text, options: [], position: value.position }
    else {
      this.#fail(
        `[${owner.name}] option [codec]: expected the name of a codec, such as json or plain { charset => "UTF-8" }`,
        value.position,
      )
      return undefined
    }
    const plugin = this.#find<CodecPlugin>('codec', this.#options.tables.codecs, statement)
    if (plugin === undefined) return undefined
    return this.#load(statement, plugin, commonOptions)?.node
  }

  #find<P extends Plugin>(kind: string, table: readonly P[], statement: PluginStatement): P | undefined {
    const known = this.#options.tables.aliases[`${kind}/${statement.name}`] ?? statement.name
    const plugin = table.find(({ name }) => name === known)
    if (plugin !== undefined) return plugin
    const hint = this.#options.tables.hints[`${kind}/${statement.name}`]
    const nearest = nearestName(
      statement.name,
      table.map(({ name }) => name),
    )
    const elsewhere = (['input', 'filter', 'output', 'codec'] as const).find(
      (other) => other !== kind && this.#options.tables[`${other}s`].some(({ name }) => name === statement.name),
    )
    const advice =
      hint ??
      (elsewhere === undefined
        ? nearest === undefined
          ? ''
          : `did you mean [${nearest}]?`
        : `it is a plug-in of the ${elsewhere} section`)
    this.#fail(`there is no ${kind} plug-in [${statement.name}]${advice === '' ? '' : `: ${advice}`}`, statement.position)
    return undefined
  }

  #load<P extends Plugin, Common extends z.ZodRawShape>(
    statement: PluginStatement,
    plugin: P,
    common: Common,
  ): { readonly node: NodeOf<P>; readonly common: z.output<z.ZodObject<Common>> } | undefined {
    const aliases = new Map<string, string>()
    for (const [name, schema] of Object.entries(plugin.config.shape)) {
      const target = (schema as z.ZodType).meta()?.aliasOf
      if (target !== undefined) aliases.set(name, target)
    }
    const { values, locate } = optionValues(statement, (name) => aliases.get(name) ?? name)
    const shape: z.ZodRawShape = { ...common, ...plugin.config.shape }
    const result = z.strictObject(shape).safeParse(values)
    if (!result.success) {
      const unset = new Set([...(statement.unset ?? [])].map((name) => aliases.get(name) ?? name))
      for (const issue of result.error.issues) {
        if (unset.has(String(issue.path[0]))) this.#failUnset(statement, String(issue.path[0]))
        else this.#issue(statement, issue, Object.keys(shape), locate, values)
      }
      return undefined
    }
    for (const { name, position } of statement.options) {
      const reason = (shape[name] as z.ZodType | undefined)?.meta()?.ignored
      if (reason !== undefined)
        this.#options.warn({
          name: 'W-IGNORED',
          message: `[${statement.name}] option [${name}] is not used: ${reason}`,
          position,
        })
    }
    const all = result.data as Record<string, unknown>
    const config = Object.fromEntries(Object.entries(all).filter(([name]) => name in plugin.config.shape))
    const node = { kind: 'plugin', plugin, config, id: this.#id(statement, all['id']), position: statement.position } as const
    // The common options were parsed by the same schema.
    return { node: node as unknown as NodeOf<P>, common: all as z.output<z.ZodObject<Common>> }
  }

  #issue(
    statement: PluginStatement,
    issue: z.core.$ZodIssue,
    known: readonly string[],
    locate: (path: readonly PropertyKey[]) => Position,
    values: Readonly<Record<string, unknown>>,
  ): void {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const nearest = nearestName(key, known)
        const advice = nearest === undefined ? '' : `: did you mean [${nearest}]?`
        this.#fail(`[${statement.name}] has no option [${key}]${advice}`, locate([key]))
      }
      return
    }
    const [name] = issue.path
    if (name === undefined) this.#fail(`[${statement.name}] ${issue.message}`, statement.position)
    else if (!(name in values)) this.#fail(`[${statement.name}] needs the option [${String(name)}]`, statement.position)
    else this.#fail(`[${statement.name}] option [${issue.path.map(String).join('][')}]: ${explain(issue)}`, locate(issue.path))
  }

  #id(statement: PluginStatement, given: unknown): string {
    if (typeof given === 'string') {
      if (this.#ids.has(given)) this.#fail(`the id [${given}] stands twice in this pipeline`, statement.position)
      this.#ids.add(given)
      return given
    }
    // Not by the line: an input keeps its place in a file when something is written above it.
    let count = 1
    while (this.#ids.has(`${statement.name}_${count}`)) count += 1
    const id = `${statement.name}_${count}`
    this.#ids.add(id)
    return id
  }

  #checkPatterns(condition: Condition, position: Position): void {
    if (
      'left' in condition &&
      typeof condition.left === 'object' &&
      condition.kind !== 'compare' &&
      condition.kind !== 'in' &&
      condition.kind !== 'match'
    ) {
      this.#checkPatterns(condition.left, position)
      this.#checkPatterns(condition.right, position)
    } else if (condition.kind === 'not') this.#checkPatterns(condition.condition, position)
    else if (condition.kind === 'match') {
      try {
        compileRubyRegexp(condition.pattern)
      } catch (error) {
        this.#fail(reasonOf(error), position)
      }
    }
  }

  #failUnset({ name, position }: PluginStatement, option: string): void {
    const message = `[${name}] needs the option [${option}], in whose value variables stand that are not set`
    this.errors.push(new UnsetVariableError(message, position))
  }

  #fail(message: string, position: Position): void {
    this.errors.push(new PipelineConfigError(message, position))
  }
}

const OLDER_CONDITIONS = new Set(['type', 'tags', 'exclude_tags'])

/** A plug-in of a condition of its own. */
function within<N extends { readonly position: Position }>(condition: Condition | undefined, node: N): N | BranchNode<N> {
  if (condition === undefined) return node
  return { kind: 'branch', arms: [{ condition, position: node.position, body: [node] }], otherwise: undefined }
}

type NodeOf<P extends Plugin> = P extends FilterPlugin
  ? Omit<FilterNode, 'common'>
  : P extends InputPlugin
    ? Omit<InputNode, 'common' | 'codec'>
    : P extends OutputPlugin
      ? Omit<OutputNode, 'codec'>
      : CodecNode

function explain(issue: z.core.$ZodIssue): string {
  const text = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '')
  const input = 'input' in issue && issue.input !== undefined ? ` (given ${JSON.stringify(issue.input)})` : ''
  return `${text}${input}`
}
