import { beforeAll, describe, expect, test } from 'vitest'
import { createEvent, type Event } from '../core/event.ts'
import { printFields, toFieldValue } from '../core/event-json.ts'
import { silentLog } from '../core/log.ts'
import { pluginTables } from '../plugins/tables.ts'
import { testContext } from '../plugins/test-context.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileFilterChain } from './filter-chain.ts'
import { loadPipeline } from './load-pipeline.ts'
import { plainStatement } from './plain-statement.ts'
import { createMetrics } from './plugin-metrics.ts'
import type { PluginStatement } from './language/ast.ts'
import type { FilterNode } from './graph.ts'

beforeAll(loadOniguruma)

const plainFields = (event: Event) => JSON.parse(printFields(event.fields)) as unknown

function load(section: 'inputs' | 'filters' | 'outputs', statement: PluginStatement) {
  const pipeline = { inputs: [], filters: [], outputs: [], [section]: [statement] }
  const loaded = loadPipeline(pipeline, { tables: pluginTables, lenient: true, warn: () => undefined })
  expect(loaded.errors.map((error) => error.message)).toEqual([])
  return loaded.graph
}

describe('examples of filters', () => {
  const cases = pluginTables.filters.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })))
  test.each(cases)('$name: $title', async ({ name, config, in: fields, out }) => {
    const graph = load('filters', plainStatement(name, config))
    const chain = compileFilterChain(graph.filters, {
      log: silentLog,
      monotonic: () => 0,
      condition: () => () => true,
      make: (node: FilterNode) => ({
        node,
        filter: node.plugin.create(node.config, testContext()),
        metrics: createMetrics(node.id, name),
      }),
    })
    await chain.open()
    const event = createEvent(toFieldValue(fields) as Record<string, never>)
    const events = [...(await chain.run([event])), ...(await chain.flush('all'))]
    await chain.close()
    const wanted = out === 'dropped' ? [] : Array.isArray(out) ? out : [out]
    expect(events.map(plainFields)).toEqual(wanted)
  })
})

/** Codecs that take what comes together for one message. */
const WHOLE = new Set([
  'cbor',
  'cef',
  'collectd',
  'csv',
  'delta',
  'dots',
  'edn',
  'es_bulk',
  'json',
  'msgpack',
  'netflow',
  'plain',
  'rubydebug',
  'sflow',
  'sparkplug',
])

describe('examples of codecs', () => {
  const cases = pluginTables.codecs.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example })))
  test.each(cases)('$name: $title', async ({ name, config, in: given, out }) => {
    const graph = load('outputs', plainStatement('null', {}))
    expect(graph.outputs).toHaveLength(1)
    const plugin = pluginTables.codecs.find((codec) => codec.name === name)
    const codec = plugin?.create(plugin.config.parse(config), testContext())
    const bytes = typeof given === 'string' ? Buffer.from(given) : Buffer.from(given.hex, 'hex')
    await codec?.open?.()
    const decoder = codec?.decoder()
    expect([...(decoder?.decode(bytes) ?? []), ...(decoder?.end() ?? [])].map(plainFields)).toEqual(out)
    // Cut anywhere, a stream gives the same events.
    const stream = codec?.forStreams ?? codec
    for (const step of WHOLE.has(name) ? [] : [1, 2, 3, 7]) {
      const byParts = stream?.decoder()
      const events: Event[] = []
      for (let at = 0; at < bytes.length; at += step) events.push(...(byParts?.decode(bytes.subarray(at, at + step)) ?? []))
      events.push(...(byParts?.end() ?? []))
      expect(events.map(plainFields)).toEqual(out)
    }
  })
})

describe('examples of inputs and outputs are accepted', () => {
  test.each(pluginTables.inputs.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example }))))(
    '$name: $title',
    ({ name, config }) => {
      expect(load('inputs', plainStatement(name, config)).inputs).toHaveLength(1)
    },
  )
  test.each(pluginTables.outputs.flatMap(({ name, examples }) => examples.map((example) => ({ name, ...example }))))(
    '$name: $title',
    ({ name, config }) => {
      expect(load('outputs', plainStatement(name, config)).outputs).toHaveLength(1)
    },
  )
})

test.each(['inputs', 'codecs', 'filters', 'outputs'] as const)(
  '%s: names stand once, in order, and every option is described',
  (kind) => {
    const names = pluginTables[kind].map(({ name }) => name)
    expect(names).toEqual([...new Set(names)].toSorted())
    const silent = pluginTables[kind].flatMap(({ name, config }) =>
      Object.entries(config.shape).flatMap(([option, schema]) =>
        (schema as { description?: string }).description ? [] : [`${name}.${option}`],
      ),
    )
    expect(silent).toEqual([])
  },
)
