import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { addTag, type Event, type FieldValue } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { PluginContext, Platform } from '../plugins/context.ts'
import type { HostAliases } from '../plugins/host-aliases.ts'
import type { PipelineBus } from '../plugins/pipeline-bus.ts'
import type { Codec, EventSink, Input, Output, OutputContext, Settled } from '../plugins/plugin.ts'
import { compileCondition, type CompiledCondition } from '../script/condition.ts'
import { compileRubyRegexp } from '../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit, TimeLimitError } from '../script/regexp/time-limit.ts'
import { DeadLetters, type DeadLetterReason } from './dead-letters.ts'
import { addToField } from './decoration.ts'
import { deliver, release } from './delivery.ts'
import { compileFilterChain, type FilterChain } from './filter-chain.ts'
import {
  nodesOf,
  type BranchNode,
  type CodecNode,
  type FilterNode,
  type InputNode,
  type OutputNode,
  type PipelineGraph,
} from './graph.ts'
import { MemoryQueue, type EventQueue } from './memory-queue.ts'
import { createMetrics, type PluginMetrics } from './plugin-metrics.ts'
import { compileRouter, type Router } from './router.ts'
import type { PipelineSettings } from './settings.ts'
import { stamp } from './stamp.ts'

const STOP_LIMIT_MS = 5_000
const TICK_MS = 1_000

export interface PipelineOptions {
  readonly id: string
  readonly graph: PipelineGraph
  readonly settings: PipelineSettings
  readonly platform: Platform
  readonly hosts: HostAliases
  readonly bus: PipelineBus
  readonly lenient: boolean
  /** How long outputs may go on when the pipeline stops, before they are told to give up. */
  readonly stopLimitMs?: number
  /** Each name and text once. */
  readonly warn: (name: string, message: string) => void
}

interface RunningInput {
  readonly node: InputNode
  readonly input: Input
  readonly metrics: PluginMetrics
}

interface RunningOutput {
  readonly node: OutputNode
  readonly output: Output
  readonly metrics: PluginMetrics
}

/** Counters of the events of a pipeline since it started. */
export interface EventCounts {
  /** Handed over by inputs. */
  in: number
  /** Came out of the filters, with those that filters made. */
  filtered: number
  /** Written by the outputs. */
  out: number
}

/**
 * A pipeline at work: inputs → queue → workers (filters → outputs) → acknowledgement back to the input.
 *
 * An event is settled when every output that it goes to has written it, when a filter dropped it, or when it lies in the
 * dead letter queue; what an input pushed together is acknowledged together.
 */
export class RunningPipeline {
  readonly id: string
  readonly settings: PipelineSettings
  readonly counts: EventCounts = { in: 0, filtered: 0, out: 0 }
  readonly startedAt: number
  readonly #options: PipelineOptions
  readonly #log: Log
  readonly #queue: EventQueue
  readonly #deadLetters: DeadLetters | undefined
  readonly #giveUp = new AbortController()
  readonly #limit = new TimeLimit()
  readonly #chain: FilterChain
  readonly #outputs: readonly RunningOutput[]
  readonly #codecs: Codec[] = []
  readonly #route: Router
  readonly #inputs: readonly RunningInput[]
  #workers: Promise<void>[] = []
  #ticker: NodeJS.Timeout | undefined
  #ticking: Promise<void> = Promise.resolve()

  /** Makes every plug-in; opens and connects nothing. @throws when a plug-in refuses its options */
  constructor(options: PipelineOptions) {
    const { id, graph, settings, platform } = options
    this.id = id
    this.settings = settings
    this.startedAt = platform.clock.now()
    this.#options = options
    this.#log = platform.log.child({ pipeline: id })
    this.#queue = new MemoryQueue(settings.queue)
    const { enabled, maxBytes, whenFull } = settings.deadLetters
    this.#deadLetters = enabled
      ? new DeadLetters({ folder: join(platform.dataDir, 'dead_letter_queue', id), maxBytes, whenFull, clock: platform.clock })
      : undefined
    this.#chain = compileFilterChain(graph.filters, {
      log: this.#log,
      monotonic: () => performance.now(),
      make: (node) => this.#makeFilter(node),
      condition: (arm) => this.#condition(arm),
    })
    const outputs: RunningOutput[] = []
    this.#route = compileRouter(
      graph.outputs,
      (arm) => this.#condition(arm),
      (node) => outputs.push(this.#makeOutput(node)) - 1,
    )
    this.#outputs = outputs
    this.#inputs = graph.inputs.map((node) => this.#makeInput(node))
  }

  /** Inputs, filters and outputs with their counters, in the order of the file. */
  get plugins(): {
    readonly inputs: readonly PluginMetrics[]
    readonly filters: readonly PluginMetrics[]
    readonly outputs: readonly PluginMetrics[]
  } {
    return {
      inputs: this.#inputs.map(({ metrics }) => metrics),
      filters: this.#chain.filters.map(({ metrics }) => metrics),
      outputs: this.#outputs.map(({ metrics }) => metrics),
    }
  }

  get queue(): { readonly events: number; readonly bytes: number } {
    return { events: this.#queue.length, bytes: this.#queue.bytes }
  }

  get deadLetters(): DeadLetters['state'] | undefined {
    return this.#deadLetters?.state
  }

  /** Ports that inputs listen on, by the id of the plug-in. */
  get ports(): ReadonlyMap<string, number> {
    return new Map(this.#inputs.flatMap(({ node, input }) => (input.port === undefined ? [] : [[node.id, input.port]])))
  }

  /** Where it meets other pipelines: addresses of its `pipeline` inputs, and those that its `pipeline` outputs send to. */
  get addresses(): { readonly listensAt: readonly string[]; readonly sendsTo: readonly string[] } {
    const { inputs, outputs } = this.#options.graph
    return {
      listensAt: inputs.flatMap(({ plugin, config }) =>
        plugin.name === 'pipeline' ? [(config as { readonly address: string }).address] : [],
      ),
      sendsTo: [...nodesOf(outputs)].flatMap(({ plugin, config }) =>
        plugin.name === 'pipeline' ? (config as { readonly send_to: readonly string[] }).send_to : [],
      ),
    }
  }

  /** Outputs first, inputs last. When one cannot start, what was started is stopped again. */
  async start(): Promise<void> {
    try {
      await this.#deadLetters?.open()
      await this.#chain.open()
      for (const codec of this.#codecs) await codec.open?.()
      for (const { output } of this.#outputs) await output.start?.()
      this.#workers = Array.from({ length: this.settings.workers }, () => this.#work())
      this.#ticker = setInterval(() => this.#tick(), TICK_MS).unref()
      for (const { input, node, metrics } of this.#inputs) await input.start(this.#sink(node, metrics))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Takes nothing more, and finishes what is under way: queue, events that filters hold, outputs. */
  async stop(): Promise<void> {
    for (const { input } of this.#inputs) await input.stop()
    clearInterval(this.#ticker)
    this.#queue.close()
    const timer = setTimeout(
      () => this.#giveUp.abort(new Error('the pipeline stops')),
      this.#options.stopLimitMs ?? STOP_LIMIT_MS,
    ).unref()
    await Promise.all(this.#workers)
    await this.#ticking
    await this.#output(await this.#chain.flush('all'))
    clearTimeout(timer)
    this.#giveUp.abort(new Error('the pipeline stopped'))
    for (const { input } of this.#inputs) await input.close?.()
    await this.#chain.close()
    for (const { output } of this.#outputs) await output.close?.()
    await this.#deadLetters?.close()
  }

  async #work(): Promise<void> {
    const { batchSize, batchDelayMs } = this.settings
    for (;;) {
      const events = await this.#queue.take(batchSize, batchDelayMs)
      if (events === undefined) return
      for (const [index, event] of events.entries()) event.order = index
      try {
        await this.#output(await this.#chain.run(events))
      } catch (error) {
        // Filters and outputs handle their own failures: this one is ours, and nothing may be acknowledged.
        this.#log.error({ error }, 'a batch failed')
        release(events, asError(error))
      }
      await nextTurn()
    }
  }

  async #output(events: Event[]): Promise<void> {
    this.counts.filtered += events.length
    if (events.length === 0) return
    const parts = this.#route(events)
    const results = await Promise.allSettled(
      this.#outputs.map(async ({ output, metrics }, index) => {
        const part = parts[index] ?? []
        if (part.length === 0) return
        const start = performance.now()
        metrics.in += part.length
        await output.write(part)
        metrics.out += part.length
        metrics.durationMs += performance.now() - start
      }),
    )
    const failure = results.find((result) => result.status === 'rejected')
    const error = failure === undefined ? undefined : asError(failure.reason)
    if (error === undefined) this.counts.out += events.length
    else if (!this.#giveUp.signal.aborted) this.#log.error({ error }, 'an output failed')
    release(events, error)
  }

  #tick(): void {
    this.#ticking = this.#ticking
      .then(() => this.#chain.flush('due'))
      .then((events) => this.#output(events))
      .catch((error: unknown) => this.#log.error({ error }, 'flushing filters failed'))
  }

  #sink(node: InputNode, metrics: PluginMetrics): EventSink {
    const { add_field, tags, type } = node.common
    const added = Object.entries(add_field) as [string, FieldValue][]
    const prepare = (event: Event): void => {
      stamp(event, this.#options.platform.clock.now())
      if (type !== undefined && event.fields['type'] === undefined) event.fields['type'] = type
      if (tags.length > 0) addTag(event, ...tags)
      for (const [name, value] of added) addToField(event, name, value)
    }
    return {
      push: (events: readonly Event[], settled?: Settled) => {
        for (const event of events) prepare(event)
        this.counts.in += events.length
        metrics.in += events.length
        metrics.out += events.length
        if (settled !== undefined) deliver(events, settled)
        return this.#queue.push(events)
      },
      ready: (signal) => this.#queue.ready(signal),
    }
  }

  // --- making plug-ins ---

  #context(id: string, name: string): PluginContext {
    const { platform, hosts, bus, lenient, settings, warn } = this.#options
    return {
      log: this.#log.child({ plugin: name, plugin_id: id }),
      clock: platform.clock,
      hostname: platform.hostname,
      pipeline: this.id,
      pluginId: id,
      dataDir: join(platform.dataDir, 'plugins', this.id, id),
      lenient,
      hosts,
      ecs: settings.ecs,
      platform,
      bus,
      warn,
    }
  }

  #makeFilter(node: FilterNode) {
    return {
      node,
      filter: node.plugin.create(node.config, this.#context(node.id, node.plugin.name)),
      metrics: createMetrics(node.id, node.plugin.name),
    }
  }

  #makeCodec(node: CodecNode, owner: string): Codec {
    const codec = node.plugin.create(node.config, this.#context(owner, node.plugin.name))
    this.#codecs.push(codec)
    return codec
  }

  #makeInput(node: InputNode): RunningInput {
    const context = { ...this.#context(node.id, node.plugin.name), codec: this.#makeCodec(node.codec, node.id) }
    return { node, input: node.plugin.create(node.config, context), metrics: createMetrics(node.id, node.plugin.name) }
  }

  #makeOutput(node: OutputNode): RunningOutput {
    const metrics = createMetrics(node.id, node.plugin.name)
    const context: OutputContext = {
      ...this.#context(node.id, node.plugin.name),
      codec: this.#makeCodec(node.codec, node.id),
      signal: this.#giveUp.signal,
      deadLetter: (event, reason) => {
        metrics.failures += 1
        return this.#deadLetter(event, reason, node)
      },
    }
    return { node, output: node.plugin.create(node.config, context), metrics }
  }

  async #deadLetter(event: Event, reason: DeadLetterReason, node: OutputNode): Promise<void> {
    const fields = { plugin: node.plugin.name, plugin_id: node.id, type: reason.type, reason: reason.reason }
    if (this.#deadLetters === undefined) {
      this.#log.warn(fields, 'an event was refused and dropped: the dead letter queue is switched off')
      return
    }
    const kept = await this.#deadLetters.keep(event, reason, { pipeline: this.id, plugin: node.plugin.name, pluginId: node.id })
    this.#log.warn(
      fields,
      kept
        ? 'an event was refused and kept in the dead letter queue'
        : 'an event was refused and dropped: the dead letter queue is full',
    )
  }

  #condition(arm: BranchNode<unknown>['arms'][number]): CompiledCondition {
    return compileCondition(arm.condition, {
      listsMatchAsText: this.#options.lenient,
      regex: (pattern) => {
        const search = boundedSearch(compileRubyRegexp(pattern), this.#limit)
        return (text) => {
          try {
            return search(text, 0) !== undefined
          } catch (error) {
            if (!(error instanceof TimeLimitError)) throw error
            this.#log.warn({ pattern, line: arm.position.line }, 'a condition took too long and counts as false')
            return false
          }
        }
      },
    })
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown', { cause: thrown })
}
