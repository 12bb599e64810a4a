import { cloneFields, createEvent, isFields, type Event, type Fields, type FieldValue } from '../core/event.ts'
import { parseEventJson, printFields, printValue } from '../core/event-json.ts'
import type { Platform, PluginContext } from '../plugins/context.ts'
import type { HostAliases } from '../plugins/host-aliases.ts'
import { PipelineBus } from '../plugins/pipeline-bus.ts'
import { compileCondition } from '../script/condition.ts'
import { compileRubyRegexp } from '../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../script/regexp/time-limit.ts'
import { compileFilterChain, type ChainOptions } from './filter-chain.ts'
import type { BranchNode, PipelineGraph } from './graph.ts'
import { createMetrics } from './plugin-metrics.ts'
import { compileRouter } from './router.ts'
import type { PipelineSettings } from './settings.ts'
import { stamp } from './stamp.ts'

export interface TraceOptions {
  readonly graph: PipelineGraph
  readonly settings: PipelineSettings
  readonly platform: Platform
  readonly hosts: HostAliases
  readonly lenient: boolean
  readonly warn: (name: string, message: string) => void
}

/** Lines of text that tell what the filters of a pipeline make of events. Inputs and outputs are not made. */
export interface EventTracer {
  /** An event out of a line: an object of JSON, or text. */
  trace(line: string): Promise<string>
  /** What filters held back until the end. */
  end(): Promise<string>
}

export async function createEventTracer(options: TraceOptions): Promise<EventTracer> {
  const { graph, settings, platform } = options
  const limit = new TimeLimit()
  const condition = (arm: BranchNode<unknown>['arms'][number]) =>
    compileCondition(arm.condition, {
      listsMatchAsText: options.lenient,
      regex: (pattern) => {
        const search = boundedSearch(compileRubyRegexp(pattern), limit)
        return (text) => search(text, 0) !== undefined
      },
    })
  let steps: string[] = []
  const trace: ChainOptions['trace'] = (node, events) => {
    const before = new Map(events.map((event) => [event, copyOf(event)]))
    return (out) => {
      const what = `${node.plugin.name} (line ${node.position.line})`
      const lines = [...before].flatMap(([event, old]) =>
        out.includes(event) ? changes(old, copyOf(event)) : ['the event is dropped, or held back'],
      )
      for (const event of out) if (!before.has(event)) lines.push(`+ another event: ${printFields(event.fields)}`)
      steps.push(`  ${what}${lines.length === 0 ? ': nothing changed' : ''}`, ...lines.map((line) => `    ${line}`))
    }
  }
  const context = (id: string): PluginContext => ({
    log: platform.log,
    clock: platform.clock,
    hostname: platform.hostname,
    pipeline: 'test',
    pluginId: id,
    dataDir: platform.dataDir,
    lenient: options.lenient,
    hosts: options.hosts,
    ecs: settings.ecs,
    platform,
    bus: new PipelineBus(),
    warn: options.warn,
  })
  const chain = compileFilterChain(graph.filters, {
    log: platform.log,
    monotonic: () => performance.now(),
    condition,
    trace,
    make: (node) => ({
      node,
      filter: node.plugin.create(node.config, context(node.id)),
      metrics: createMetrics(node.id, node.plugin.name),
    }),
  })
  const outputs: string[] = []
  const route = compileRouter(
    graph.outputs,
    condition,
    (node) => outputs.push(`${node.plugin.name} (line ${node.position.line})`) - 1,
  )
  await chain.open()

  const printed = (title: string, events: readonly Event[]): string => {
    const lines = [title, ...steps]
    steps = []
    for (const event of events) {
      const goesTo = route([event]).flatMap((part, place) => (part.length > 0 ? [outputs[place] ?? ''] : []))
      lines.push(`  → ${goesTo.length === 0 ? 'no output' : goesTo.join(', ')}`, `  ${printFields(event.fields)}`)
    }
    return `${lines.join('\n')}\n`
  }
  let count = 0
  return {
    async trace(line) {
      const event = eventOf(line, settings.ecs)
      stamp(event, platform.clock.now())
      const events = await chain.run([event])
      count += 1
      return printed(`event ${count}: ${line}`, events)
    },
    async end() {
      const events = await chain.flush('all')
      await chain.close()
      return events.length === 0 && steps.length === 0 ? '' : printed('held back until the end:', events)
    },
  }
}

function eventOf(line: string, ecs: string): Event {
  if (line.trimStart().startsWith('{')) {
    try {
      const fields = parseEventJson(line)
      if (isFields(fields)) {
        const { '@metadata': metadata, ...rest } = fields
        return createEvent(rest, isFields(metadata) ? metadata : {})
      }
    } catch {
      // A line that only begins like an object is text.
    }
  }
  return createEvent(ecs === 'disabled' ? { message: line } : { message: line, event: { original: line } })
}

/** Fields and metadata together, as references name them. */
function copyOf({ fields, metadata }: Event): Fields {
  const copy = cloneFields(fields)
  return Object.keys(metadata).length === 0 ? copy : { ...copy, '@metadata': cloneFields(metadata) }
}

/** `+` for a field that came, `-` for one that went, `~` for one that changed; objects are compared field by field. */
function changes(before: Fields, after: Fields, prefix = ''): string[] {
  const lines: string[] = []
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = `${prefix}[${name}]`
    const old = before[name]
    const now = after[name]
    if (old === undefined) lines.push(`+ ${path}: ${printValue(now)}`)
    else if (now === undefined) lines.push(`- ${path}: ${printValue(old)}`)
    else if (isFields(old) && isFields(now)) lines.push(...changes(old, now, path))
    else if (differ(old, now)) lines.push(`~ ${path}: ${printValue(old)} → ${printValue(now)}`)
  }
  return lines
}

function differ(a: FieldValue, b: FieldValue): boolean {
  return printValue(a) !== printValue(b)
}
