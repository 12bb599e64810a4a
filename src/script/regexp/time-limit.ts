import { createContext, Script, type Context } from 'node:vm'
import type { PatternAnalysis } from './analysis.ts'
import type { RubyRegexp, SearchFunction } from './ruby-regexp.ts'

/** No search may hold the thread longer. */
export const REGEXP_LIMIT_MS = 250

/** Up to this many steps (about 5 ms) a search runs without a watch over it. */
const HARMLESS_STEPS = 2e6

/** A piece of work took longer than its limit and was stopped. */
export class TimeLimitError extends Error {
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`stopped after ${limitMs} ms`)
    this.name = 'TimeLimitError'
    this.limitMs = limitMs
  }
}

/** Whether a search in this text could take long enough to be watched. */
export function needsTimeLimit({ cost }: PatternAnalysis, text: string): boolean {
  return cost.estimate(text) > HARMLESS_STEPS
}

/**
 * Runs synchronous work that is stopped when it takes too long, native regular expressions included. Costs about 0.2 ms a
 * call (a thread that watches is started each time): give it a batch. What it stops has done an unknown part of its work.
 */
export class TimeLimit {
  readonly #context: Context
  readonly #script = new Script('run()')
  #work: () => void = () => undefined

  constructor() {
    this.#context = createContext(Object.assign(Object.create(null), { run: () => this.#work() }))
  }

  /** @throws TimeLimitError; what `work` throws passes through */
  run<T>(limitMs: number, work: () => T): T {
    let result: { readonly value: T } | undefined
    this.#work = () => {
      result = { value: work() }
    }
    try {
      this.#script.runInContext(this.#context, { timeout: limitMs })
    } catch (error) {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw new TimeLimitError(limitMs)
      throw error
    }
    if (result === undefined) throw new Error('work ended without a result')
    return result.value
  }

  /**
   * As `run`, for work that can be begun again: the clock also runs while a busy machine lets the thread wait, and what
   * has not had the limit in CPU time gets another try.
   * @throws TimeLimitError; what `work` throws passes through
   */
  runPure<T>(limitMs: number, work: () => T): T {
    for (let tries = 1; ; tries++) {
      const before = process.cpuUsage()
      try {
        return this.run(limitMs, work)
      } catch (error) {
        const { user, system } = process.cpuUsage(before)
        const isStarved = (user + system) / 1000 < limitMs * WELL_FED
        if (!(error instanceof TimeLimitError) || !isStarved || tries === MAX_TRIES) throw error
      }
    }
  }
}

/** Part of its time that a thread gets where nothing else wants the processor. */
const WELL_FED = 0.9
const MAX_TRIES = 10

/**
 * The search of a pattern from a user, for text from anyone: watched when it could take long.
 * @throws TimeLimitError from the search
 */
export function boundedSearch(regexp: RubyRegexp, limit: TimeLimit, limitMs = REGEXP_LIMIT_MS): SearchFunction {
  const { analysis, search } = regexp
  return (text, from) => (needsTimeLimit(analysis, text) ? limit.runPure(limitMs, () => search(text, from)) : search(text, from))
}
