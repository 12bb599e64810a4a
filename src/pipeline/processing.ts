import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Event } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import type { PluginContext } from '../plugins/context.ts'
import type { Codec, Output, OutputContext } from '../plugins/plugin.ts'
import { compileCondition, type CompiledCondition } from '../script/condition.ts'
import { compileRubyRegexp } from '../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit, TimeLimitError } from '../script/regexp/time-limit.ts'
import type { DeadLetters, DeadLetterReason } from './dead-letters.ts'
import { release } from './delivery.ts'
import { compileFilterChain, type FilterChain } from './filter-chain.ts'
import type { BranchNode, CodecNode, FilterNode, OutputNode, PipelineGraph } from './graph.ts'
import type { EventQueue } from './memory-queue.ts'
import { createMetrics, type PluginMetrics } from './plugin-metrics.ts'
import { compileRouter, type Router } from './router.ts'
import type { PipelineSettings } from './settings.ts'

const TICK_MS = 1_000

/** Counters of the events of a pipeline since it started. */
export interface EventCounts {
  /** Handed over by inputs. */
  in: number
  /** Came out of the filters, with those that filters made. */
  filtered: number
  /** Written by the outputs. */
  out: number
  /** Time that batches spent in filters and outputs, in milliseconds. */
  durationMs: number
}

export interface ProcessingOptions {
  readonly pipeline: string
  readonly graph: Pick<PipelineGraph, 'filters' | 'outputs'>
  readonly settings: PipelineSettings
  readonly lenient: boolean
  readonly log: Log
  readonly queue: EventQueue
  readonly counts: EventCounts
  readonly deadLetters: DeadLetters | undefined
  readonly context: (id: string, name: string) => PluginContext
}

interface RunningOutput {
  readonly node: OutputNode
  readonly output: Output
  readonly metrics: PluginMetrics
}

/**
 * What a pipeline does behind its queue: workers take batches, run them through the filters and write them. Another one
 * can take its place while the inputs go on.
 */
export class Processing {
  readonly #options: ProcessingOptions
  readonly #giveUp = new AbortController()
  readonly #halted = new AbortController()
  readonly #limit = new TimeLimit()
  readonly #chain: FilterChain
  readonly #outputs: readonly RunningOutput[]
  readonly #codecs: Codec[] = []
  readonly #route: Router
  #workers: Promise<void>[] = []
  #ticker: NodeJS.Timeout | undefined
  #limitTimer: NodeJS.Timeout | undefined
  #ticking: Promise<void> = Promise.resolve()

  /** Makes filters and outputs; opens nothing. @throws when a plug-in refuses its options */
  constructor(options: ProcessingOptions) {
    this.#options = options
    this.#chain = compileFilterChain(options.graph.filters, {
      log: options.log,
      monotonic: () => performance.now(),
      make: (node) => this.#makeFilter(node),
      condition: (arm) => this.#condition(arm),
    })
    const outputs: RunningOutput[] = []
    this.#route = compileRouter(
      options.graph.outputs,
      (arm) => this.#condition(arm),
      (node) => outputs.push(this.#makeOutput(node)) - 1,
    )
    this.#outputs = outputs
  }

  get plugins(): { readonly filters: readonly PluginMetrics[]; readonly outputs: readonly PluginMetrics[] } {
    return {
      filters: this.#chain.filters.map(({ metrics }) => metrics),
      outputs: this.#outputs.map(({ metrics }) => metrics),
    }
  }

  async open(): Promise<void> {
    await this.#chain.open()
    for (const codec of this.#codecs) await codec.open?.()
    for (const { output } of this.#outputs) await output.start?.()
  }

  run(): void {
    this.#workers = Array.from({ length: this.#options.settings.workers }, () => this.#work())
    this.#ticker = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /**
   * Finishes what is under way, lets filters give back what they hold, and closes. With `halt` what waits in the queue
   * stays there; else workers go on until the queue is closed and empty.
   */
  async finish({ halt }: { readonly halt: boolean }): Promise<void> {
    clearInterval(this.#ticker)
    if (halt) this.#halted.abort()
    await Promise.all(this.#workers)
    await this.#ticking
    await this.#output(await this.#chain.flush('all'))
    clearTimeout(this.#limitTimer)
    this.#giveUp.abort(new Error('the pipeline stopped'))
    await this.#chain.close()
    for (const { output } of this.#outputs) await output.close?.()
  }

  /** After this long, outputs are told to give up what they could not write. */
  giveUpAfter(limitMs: number): void {
    this.#limitTimer = setTimeout(() => this.#giveUp.abort(new Error('the pipeline stops')), limitMs).unref()
  }

  /**
   * Writes events to one output, or to all that they go to when it is not there any more.
   * @throws what the output says when it gives up
   */
  async writeTo(pluginId: string, events: readonly Event[]): Promise<void> {
    const target = this.#outputs.find(({ node }) => node.id === pluginId)
    if (target !== undefined) await target.output.write(events)
    else {
      const parts = this.#route(events)
      await Promise.all(
        this.#outputs.map(async ({ output }, place) => {
          const part = parts[place] ?? []
          if (part.length > 0) await output.write(part)
        }),
      )
    }
  }

  async #work(): Promise<void> {
    const { queue, settings, counts, log } = this.#options
    for (;;) {
      const events = await queue.take(settings.batchSize, settings.batchDelayMs, this.#halted.signal)
      if (events === undefined) return
      const start = performance.now()
      let order = 0
      for (const event of events) event.order = order++
      try {
        await this.#output(await this.#chain.run(events))
      } catch (error) {
        // Filters and outputs handle their own failures: this one is ours, and nothing may be acknowledged.
        log.error({ error }, 'a batch failed')
        release(events, asError(error))
      }
      counts.durationMs += performance.now() - start
      await nextTurn()
    }
  }

  async #output(events: Event[]): Promise<void> {
    const { counts, log } = this.#options
    counts.filtered += events.length
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
    if (error === undefined) counts.out += events.length
    else if (!this.#giveUp.signal.aborted) log.error({ error }, 'an output failed')
    release(events, error)
  }

  #tick(): void {
    this.#ticking = this.#ticking
      .then(() => this.#chain.flush('due'))
      .then((events) => this.#output(events))
      .catch((error: unknown) => this.#options.log.error({ error }, 'flushing filters failed'))
  }

  // --- making plug-ins ---

  #makeFilter(node: FilterNode) {
    return {
      node,
      filter: node.plugin.create(node.config, this.#options.context(node.id, node.plugin.name)),
      metrics: createMetrics(node.id, node.plugin.name),
    }
  }

  #makeCodec(node: CodecNode, owner: string): Codec {
    const codec = node.plugin.create(node.config, this.#options.context(owner, node.plugin.name))
    this.#codecs.push(codec)
    return codec
  }

  #makeOutput(node: OutputNode): RunningOutput {
    const metrics = createMetrics(node.id, node.plugin.name)
    const context: OutputContext = {
      ...this.#options.context(node.id, node.plugin.name),
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
    const { deadLetters, log, pipeline } = this.#options
    const fields = { plugin: node.plugin.name, plugin_id: node.id, type: reason.type, reason: reason.reason }
    if (deadLetters === undefined) {
      log.warn(fields, 'an event was refused and dropped: the dead letter queue is switched off')
      return
    }
    const kept = await deadLetters.keep(event, reason, { pipeline, plugin: node.plugin.name, pluginId: node.id })
    log.warn(
      fields,
      kept
        ? 'an event was refused and kept in the dead letter queue'
        : 'an event was refused and dropped: the dead letter queue is full',
    )
  }

  #condition(arm: BranchNode<unknown>['arms'][number]): CompiledCondition {
    const { lenient, log } = this.#options
    return compileCondition(arm.condition, {
      listsMatchAsText: lenient,
      regex: (pattern) => {
        const search = boundedSearch(compileRubyRegexp(pattern), this.#limit)
        return (text) => {
          try {
            return search(text, 0) !== undefined
          } catch (error) {
            if (!(error instanceof TimeLimitError)) throw error
            log.warn({ pattern, line: arm.position.line }, 'a condition took too long and counts as false')
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
