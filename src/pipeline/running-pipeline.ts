import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { addTag, type Event, type FieldValue } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { PluginContext, Platform } from '../plugins/context.ts'
import type { HostAliases } from '../plugins/host-aliases.ts'
import type { PipelineBus } from '../plugins/pipeline-bus.ts'
import type { Codec, EventSink, Input, Settled } from '../plugins/plugin.ts'
import { DeadLetters } from './dead-letters.ts'
import { addToField } from './decoration.ts'
import { deliver } from './delivery.ts'
import { nodesOf, type InputNode, type PipelineGraph } from './graph.ts'
import { MemoryQueue, type EventQueue } from './memory-queue.ts'
import { PersistedQueue } from './persisted-queue.ts'
import { createMetrics, type PluginMetrics } from './plugin-metrics.ts'
import { Processing, type EventCounts } from './processing.ts'
import type { PipelineSettings } from './settings.ts'
import { stamp } from './stamp.ts'

const STOP_LIMIT_MS = 5_000
/** How long a change of filters and outputs waits for what the last ones have under way. */
const REPLACE_LIMIT_MS = 10_000

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

/**
 * A pipeline at work: inputs → queue → workers (filters → outputs) → acknowledgement back to the input.
 *
 * An event is settled when every output that it goes to has written it, when a filter dropped it, or when it lies in the
 * dead letter queue; what an input pushed together is acknowledged together. With a persisted queue an event is settled
 * for its input when it is on disk there.
 */
export class RunningPipeline {
  readonly id: string
  readonly counts: EventCounts = { in: 0, filtered: 0, out: 0, durationMs: 0 }
  readonly startedAt: number
  readonly #options: PipelineOptions
  readonly #log: Log
  readonly #queue: EventQueue
  readonly #deadLetters: DeadLetters | undefined
  readonly #codecs: Codec[] = []
  readonly #inputs: readonly RunningInput[]
  #graph: PipelineGraph
  #settings: PipelineSettings
  #processing: Processing
  /** Filters and outputs that were replaced and still have events. */
  readonly #finishing = new Map<Processing, Promise<void>>()

  /** Makes every plug-in; opens and connects nothing. @throws when a plug-in refuses its options */
  constructor(options: PipelineOptions) {
    const { id, graph, settings, platform } = options
    this.id = id
    this.startedAt = platform.clock.now()
    this.#options = options
    this.#graph = graph
    this.#settings = settings
    this.#log = platform.log.child({ pipeline: id })
    this.#queue = this.#makeQueue(settings.queue)
    const { enabled, maxBytes, whenFull } = settings.deadLetters
    this.#deadLetters = enabled
      ? new DeadLetters({ folder: join(platform.dataDir, 'dead_letter_queue', id), maxBytes, whenFull, clock: platform.clock })
      : undefined
    this.#processing = this.#makeProcessing(graph, settings)
    this.#inputs = graph.inputs.map((node) => this.#makeInput(node))
  }

  get graph(): PipelineGraph {
    return this.#graph
  }

  get settings(): PipelineSettings {
    return this.#settings
  }

  /** Inputs, filters and outputs with their counters, in the order of the file. */
  get plugins(): {
    readonly inputs: readonly PluginMetrics[]
    readonly filters: readonly PluginMetrics[]
    readonly outputs: readonly PluginMetrics[]
  } {
    return { inputs: this.#inputs.map(({ metrics }) => metrics), ...this.#processing.plugins }
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
    const { inputs, outputs } = this.#graph
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
      await this.#queue.open?.()
      await this.#processing.open()
      for (const codec of this.#codecs) await codec.open?.()
      this.#processing.run()
      for (const { input, node, metrics } of this.#inputs) await input.start(this.#sink(node, metrics))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Takes nothing more, and finishes what is under way: queue, events that filters hold, outputs. */
  async stop(): Promise<void> {
    for (const { input } of this.#inputs) await input.stop()
    this.#queue.close()
    for (const processing of [this.#processing, ...this.#finishing.keys()])
      processing.giveUpAfter(this.#options.stopLimitMs ?? STOP_LIMIT_MS)
    await this.#processing.finish({ halt: false })
    await Promise.all(this.#finishing.values())
    for (const { input } of this.#inputs) await input.close?.()
    await this.#queue.shutDown?.()
    await this.#deadLetters?.close()
  }

  /**
   * Other filters and outputs from the next batch on. Inputs and queue stay: no connection is closed, and nothing is lost.
   * @throws when a plug-in cannot work; then everything stays as it was
   */
  async replace(graph: PipelineGraph, settings: PipelineSettings): Promise<void> {
    const next = this.#makeProcessing(graph, settings)
    const last = this.#processing
    try {
      await next.open()
    } catch (error) {
      await next.finish({ halt: true })
      throw error
    }
    const finished = last.finish({ halt: true }).finally(() => this.#finishing.delete(last))
    this.#finishing.set(last, finished)
    // Outputs that wait for a store that is away go on with what they have, beside the new ones.
    await Promise.race([finished, wait(REPLACE_LIMIT_MS, undefined, { ref: false })])
    this.#processing = next
    this.#graph = graph
    this.#settings = settings
    next.run()
  }

  /** Sends dead letters once more to the outputs that refused them. What is refused again is a new letter. */
  async replayDeadLetters(): Promise<{ readonly replayed: number }> {
    if (this.#deadLetters === undefined) return { replayed: 0 }
    return { replayed: await this.#deadLetters.replay((pluginId, events) => this.#processing.writeTo(pluginId, events)) }
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
      ready: async (signal, maxWaiting) => {
        const start = performance.now()
        await this.#queue.ready(signal, maxWaiting)
        metrics.durationMs += performance.now() - start
      },
    }
  }

  // --- making the parts ---

  #makeQueue({ type, maxEvents, maxBytes, drain }: PipelineSettings['queue']): EventQueue {
    if (type === 'memory') return new MemoryQueue({ maxEvents, maxBytes })
    const folder = join(this.#options.platform.dataDir, 'queue', this.id)
    return new PersistedQueue({ folder, maxBytes, maxEvents, drain, log: this.#log })
  }

  #makeProcessing(graph: PipelineGraph, settings: PipelineSettings): Processing {
    return new Processing({
      pipeline: this.id,
      graph,
      settings,
      lenient: this.#options.lenient,
      log: this.#log,
      queue: this.#queue,
      counts: this.counts,
      deadLetters: this.#deadLetters,
      context: (id, name) => this.#context(id, name, settings),
    })
  }

  #makeInput(node: InputNode): RunningInput {
    const context = this.#context(node.id, node.plugin.name, this.#settings)
    const codec = node.codec.plugin.create(node.codec.config, this.#context(node.id, node.codec.plugin.name, this.#settings))
    this.#codecs.push(codec)
    return {
      node,
      input: node.plugin.create(node.config, { ...context, codec }),
      metrics: createMetrics(node.id, node.plugin.name),
    }
  }

  #context(id: string, name: string, settings: PipelineSettings): PluginContext {
    const { platform, hosts, bus, lenient, warn } = this.#options
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
}
