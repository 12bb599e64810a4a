import type { PluginTables } from '../plugins/tables.ts'
import type { PipelineGraph } from './graph.ts'
import { PipelineConfigError, type LeniencyWarning, type PipelineDefinition } from './language/ast.ts'
import { parsePipeline } from './language/parser.ts'
import { loadPipeline } from './load-pipeline.ts'
import { substituteVariables } from './substitute.ts'

/** The text of a pipeline: one file, or several that Logstash would join. */
export interface PipelineSource {
  readonly id: string
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

export interface CompileOptions {
  readonly tables: PluginTables
  readonly lenient: boolean
  readonly supportEscapes: boolean
  readonly lookUp: (name: string) => string | undefined
}

export interface CompiledSource {
  /** Absent where there are errors. */
  readonly graph: PipelineGraph | undefined
  readonly errors: readonly PipelineConfigError[]
  readonly warnings: readonly LeniencyWarning[]
}

/** From text to checked plug-ins. Every error that can be found at once is told. */
export function compileSource(source: PipelineSource, options: CompileOptions): CompiledSource {
  const warnings: LeniencyWarning[] = []
  const errors: PipelineConfigError[] = []
  const warn = (warning: LeniencyWarning): void => void warnings.push(warning)
  const whole: {
    inputs: PipelineDefinition['inputs'][number][]
    filters: PipelineDefinition['filters'][number][]
    outputs: PipelineDefinition['outputs'][number][]
  } = {
    inputs: [],
    filters: [],
    outputs: [],
  }
  for (const { name, text } of source.files) {
    try {
      const parsed = parsePipeline(text, { file: name, lenient: options.lenient, supportEscapes: options.supportEscapes, warn })
      const part = substituteVariables(parsed, { lookUp: options.lookUp, lenient: options.lenient, warn })
      whole.inputs.push(...part.inputs)
      whole.filters.push(...part.filters)
      whole.outputs.push(...part.outputs)
    } catch (error) {
      if (!(error instanceof PipelineConfigError)) throw error
      errors.push(error)
    }
  }
  const loaded = loadPipeline(whole, { tables: options.tables, lenient: options.lenient, warn })
  errors.push(...loaded.errors)
  return { graph: errors.length === 0 ? loaded.graph : undefined, errors, warnings }
}
