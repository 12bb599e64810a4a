import { addTag, type Event } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import { reasonOf } from '../core/reason.ts'
import type { Emitter, Filter, FilterResult } from '../plugins/plugin.ts'
import type { CompiledCondition } from '../script/condition.ts'
import { compileDecoration } from './decoration.ts'
import type { Block, FilterNode } from './graph.ts'
import type { PluginMetrics } from './plugin-metrics.ts'

/** A filter that was made, with its node and counters. */
export interface RunningFilter {
  readonly node: FilterNode
  readonly filter: Filter
  readonly metrics: PluginMetrics
}

export interface ChainOptions {
  readonly make: (node: FilterNode) => RunningFilter
  readonly condition: (node: FilterBranch['arms'][number]) => CompiledCondition
  readonly log: Log
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
  /** Called before a filter gets events; what it answers is called with those that came out. */
  readonly trace?: (node: FilterNode, events: readonly Event[]) => (out: readonly Event[]) => void
}

type FilterBranch = Extract<Block<FilterNode>[number], { readonly kind: 'branch' }>

type Batch = Event[]
type Step = (events: Batch) => Batch | Promise<Batch>

/**
 * The filter section, compiled. What comes out is what went in, in its order, with new events behind the ones they were
 * made from; events that were dropped are gone and their deliveries released.
 */
export interface FilterChain {
  readonly filters: readonly RunningFilter[]
  open(): Promise<void>
  run(events: Batch): Batch | Promise<Batch>
  /** Lets filters give back events that waited long enough, or all of them, and runs these through the filters behind. */
  flush(which: 'due' | 'all'): Promise<Batch>
  close(): Promise<void>
}

export function compileFilterChain(block: Block<FilterNode>, options: ChainOptions): FilterChain {
  const compiler = new ChainCompiler(options)
  const run = compiler.block(block, pass)
  return {
    filters: compiler.filters,
    run,
    async open() {
      for (const { filter } of compiler.filters) await filter.open?.()
    },
    async flush(which) {
      const flushed: Event[] = []
      for (const { filter, decorate, continueAfter } of compiler.waiting) {
        const events: Event[] = []
        const emitter: Emitter = {
          add: (event) => void events.push(event),
          addMatched(event) {
            decorate?.(event)
            events.push(event)
          },
        }
        events.push(...((which === 'all' ? filter.drain?.(emitter) : filter.tick?.(emitter)) ?? []))
        if (events.length > 0) flushed.push(...(await continueAfter(events)))
      }
      return flushed
    },
    async close() {
      for (const { filter } of compiler.filters) await filter.close?.()
    },
  }
}

const pass: Step = (events) => events

class ChainCompiler {
  /** In the order of the file. */
  readonly filters: RunningFilter[] = []
  /** Filters that may hold events back, with what runs on those afterwards. */
  readonly waiting: {
    readonly filter: Filter
    readonly decorate: ((event: Event) => void) | undefined
    readonly continueAfter: Step
  }[] = []
  readonly #options: ChainOptions

  constructor(options: ChainOptions) {
    this.#options = options
  }

  /** `rest` is what follows behind this block, for events that leave a filter later than they came. */
  block(block: Block<FilterNode>, rest: Step): Step {
    const steps: Step[] = []
    for (const [index, node] of block.entries()) {
      const after: Step = (events) => then(runSteps(steps, events, index + 1), rest)
      steps.push(node.kind === 'plugin' ? this.#filter(node, after) : this.#branch(node, after))
    }
    return (events) => runSteps(steps, events, 0)
  }

  #filter(node: FilterNode, after: Step): Step {
    const running = this.#options.make(node)
    this.filters.push(running)
    const { filter } = running
    if (filter.tick !== undefined || filter.drain !== undefined)
      this.waiting.push({ filter, decorate: compileDecoration(node.common), continueAfter: after })
    return traced(compileFilter(running, this.#options), node, this.#options.trace)
  }

  #branch(node: FilterBranch, after: Step): Step {
    const arms = node.arms.map((arm) => ({ holds: this.#options.condition(arm), run: this.block(arm.body, after) }))
    const otherwise = node.otherwise === undefined ? undefined : this.block(node.otherwise, after)
    return (events) => runBranch(arms, otherwise, events)
  }
}

function traced(step: Step, node: FilterNode, trace: ChainOptions['trace']): Step {
  if (trace === undefined) return step
  return (events) => {
    const done = trace(node, events)
    return then(step(events), (out) => {
      done(out)
      return out
    })
  }
}

function then(events: Batch | Promise<Batch>, step: Step): Batch | Promise<Batch> {
  return events instanceof Promise ? events.then(step) : step(events)
}

function runSteps(steps: readonly Step[], events: Batch, from: number): Batch | Promise<Batch> {
  let current = events
  for (let i = from; i < steps.length && current.length > 0; i++) {
    const next = (steps[i] ?? pass)(current)
    if (next instanceof Promise) return next.then((ready) => runSteps(steps, ready, i + 1))
    current = next
  }
  return current
}

/** Each event goes into the first arm whose condition holds; the order of all is kept. */
function runBranch(
  arms: readonly { readonly holds: CompiledCondition; readonly run: Step }[],
  otherwise: Step | undefined,
  events: Batch,
): Batch | Promise<Batch> {
  const parts: { readonly run: Step; readonly events: Batch }[] = []
  const byArm: Batch[] = arms.map(() => [])
  const rest: Batch = []
  for (const event of events) {
    let arm = 0
    while (arm < arms.length && arms[arm]?.holds(event) !== true) arm += 1
    ;(byArm[arm] ?? rest).push(event)
  }
  for (const [index, { run }] of arms.entries()) {
    const part = byArm[index] ?? []
    if (part.length > 0) parts.push({ run, events: part })
  }
  if (parts.length === 0 && otherwise === undefined) return events
  if (rest.length > 0) parts.push({ run: otherwise ?? pass, events: rest })
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only.run(only.events)
  const results = parts.map(({ run, events: part }) => run(part))
  const waiting = results.some((result) => result instanceof Promise)
  return waiting ? Promise.all(results.map((result) => Promise.resolve(result))).then(inOrder) : inOrder(results as Batch[])
}

function inOrder(parts: readonly Batch[]): Batch {
  return parts.flat().sort((a, b) => a.order - b.order)
}

function compileFilter(running: RunningFilter, { log, monotonic }: ChainOptions): Step {
  const { node, filter, metrics } = running
  const decorate = compileDecoration(node.common)

  const failed = (event: Event, error: unknown): FilterResult => {
    metrics.failures += 1
    const reason = reasonOf(error)
    log.warn({ plugin: node.plugin.name, plugin_id: node.id, error: reason }, 'filter failed')
    addTag(event, `_${node.plugin.name}exception`)
    return 'unmatched'
  }
  const decorated = (event: Event): void => {
    try {
      decorate?.(event)
    } catch (error) {
      failed(event, error)
    }
  }
  /** Applies what became of an event: it stays, or it is dropped and settled. */
  const settle = (event: Event, result: FilterResult, out: Batch): void => {
    if (result === 'matched' && decorate !== undefined) decorated(event)
    if (result === 'cancelled' || event.cancelled) {
      event.cancelled = true
      event.delivery?.release()
    } else out.push(event)
  }
  const count = (events: Batch, out: Batch, start: number): Batch => {
    metrics.in += events.length
    metrics.out += out.length
    metrics.durationMs += monotonic() - start
    return out
  }

  if ('process' in filter) {
    const made: Event[] = []
    const emitter: Emitter = {
      add: (event) => void made.push(event),
      addMatched(event) {
        decorated(event)
        made.push(event)
      },
    }
    return (events) => {
      const start = monotonic()
      const out: Batch = []
      for (const event of events) {
        let result: FilterResult
        try {
          result = filter.process(event, emitter)
        } catch (error) {
          result = failed(event, error)
        }
        settle(event, result, out)
        if (made.length > 0) {
          for (const one of made) one.order = event.order
          out.push(...made)
          made.length = 0
        }
      }
      return count(events, out, start)
    }
  }

  return (events) => {
    const start = monotonic()
    const made: Event[] = []
    const emitter: Emitter = {
      add: (event) => void made.push(event),
      addMatched(event) {
        decorated(event)
        made.push(event)
      },
    }
    const settleAll = (results: readonly FilterResult[]): Batch => {
      const out: Batch = []
      for (const [index, event] of events.entries()) settle(event, results[index] ?? 'unmatched', out)
      return count(events, made.length === 0 ? out : inOrder([out, made]), start)
    }
    const failAll = (error: unknown): Batch => settleAll(events.map((event) => failed(event, error)))
    try {
      const results = filter.processBatch(events, emitter)
      return results instanceof Promise ? results.then(settleAll, failAll) : settleAll(results)
    } catch (error) {
      return failAll(error)
    }
  }
}
