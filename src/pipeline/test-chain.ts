import { silentLog } from '../core/log.ts'
import type { PluginContext } from '../plugins/context.ts'
import { pluginTables } from '../plugins/tables.ts'
import { testContext } from '../plugins/test-context.ts'
import { compileCondition } from '../script/condition.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileRubyRegexp } from '../script/regexp/ruby-regexp.ts'
import { compileSource } from './compile-source.ts'
import { compileFilterChain, type FilterChain } from './filter-chain.ts'
import { createMetrics } from './plugin-metrics.ts'

export interface TestChainOptions {
  readonly lenient?: boolean
  readonly context?: Partial<PluginContext>
}

/**
 * The filters of a pipeline file alone, opened: for tests and measurements.
 * @throws Error with what is wrong in the text
 */
export async function openTestChain(text: string, { lenient = true, context = {} }: TestChainOptions = {}): Promise<FilterChain> {
  await loadOniguruma()
  const { graph, errors } = compileSource(
    { id: 'test', files: [{ name: 'test.conf', text }] },
    { tables: pluginTables, lenient, supportEscapes: false, lookUp: () => undefined },
  )
  if (graph === undefined) throw new Error(errors.map((error) => error.describe()).join('\n'))
  const chain = compileFilterChain(graph.filters, {
    log: silentLog,
    monotonic: () => performance.now(),
    condition: (arm) => compileCondition(arm.condition, { listsMatchAsText: lenient, regex: matches }),
    make: (node) => ({
      node,
      filter: node.plugin.create(node.config, { ...testContext(), lenient, ...context }),
      metrics: createMetrics(node.id, node.plugin.name),
    }),
  })
  await chain.open()
  return chain
}

function matches(pattern: string): (text: string) => boolean {
  const { search } = compileRubyRegexp(pattern)
  return (text) => search(text, 0) !== undefined
}
