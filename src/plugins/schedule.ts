import { Cron } from 'croner'
import { z } from 'zod'
import { reasonOf } from '../core/reason.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import { duration } from './options.ts'

/** When something is done again and again: at each time of a cron expression, so many milliseconds apart, or once. */
export type Schedule =
  | { readonly kind: 'cron'; readonly expression: string; readonly timezone: string | undefined }
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'in'; readonly afterMs: number }
  | { readonly kind: 'at'; readonly at: EpochMillis }

/** `UTC`, or a zone with a slash: names of days are none. */
const ZONE = / (UTC|GMT|[A-Z]\w+(?:\/[\w+-]+)+)$/

/** Reads five fields, or six with seconds in front, and a zone behind when there is one. @throws Error naming the expression */
function parseCron(text: string): Schedule {
  const zone = ZONE.exec(text)?.[1]
  const expression = zone === undefined ? text : text.slice(0, -zone.length - 1)
  try {
    new Cron(expression, { paused: true, ...(zone !== undefined && { timezone: zone }) }).stop()
  } catch (error) {
    throw new Error(`[${text}] is no cron expression: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  return { kind: 'cron', expression, timezone: zone }
}

/** The option `schedule`: a cron expression, or one of `cron`, `every`, `in` and `at` as a hash. */
export const schedule = () =>
  z
    .unknown()
    .transform((raw, issues): Schedule => {
      const fail = (message: string): never => {
        issues.addIssue({ code: 'custom', message })
        return z.NEVER
      }
      try {
        if (typeof raw === 'string') return parseCron(raw)
        if (typeof raw !== 'object' || raw === null) return fail('expected a cron expression or { every => "1h" }')
        const entries = Object.entries(raw)
        const [kind, value] = entries[0] ?? []
        if (entries.length !== 1) return fail('expected one of cron, every, in and at')
        if (kind === 'cron') return parseCron(String(value))
        if (kind === 'every') return { kind: 'every', everyMs: duration().parse(value) }
        if (kind === 'in') return { kind: 'in', afterMs: duration().parse(value) }
        if (kind === 'at') {
          const at = Date.parse(String(value))
          return Number.isNaN(at) ? fail(`[${String(value)}] is no time`) : { kind: 'at', at }
        }
        return fail(`there is no schedule [${String(kind)}]: cron, every, in and at are known`)
      } catch (error) {
        return fail(reasonOf(error))
      }
    })
    .meta({ option: 'hash' })

/**
 * Does work by a schedule, at once when there is none. A run that takes longer than the time between two is followed by
 * the next one that is due: they never overlap.
 */
export function runScheduled(
  plan: Schedule | undefined,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<void>,
): { stop(): Promise<void> } {
  const stopped = new AbortController()
  let running: Promise<void> | undefined
  const run = (): void => {
    if (running !== undefined || stopped.signal.aborted) return
    running = work(stopped.signal).finally(() => {
      running = undefined
    })
  }
  const cancel = start(plan, clock, run)
  return {
    async stop() {
      stopped.abort(new Error('the input stops'))
      cancel()
      await running
    },
  }
}

function start(plan: Schedule | undefined, clock: Clock, run: () => void): () => void {
  if (plan === undefined) {
    run()
    return () => undefined
  }
  switch (plan.kind) {
    case 'cron': {
      const job = new Cron(plan.expression, plan.timezone === undefined ? {} : { timezone: plan.timezone }, run)
      return () => job.stop()
    }
    case 'every': {
      run()
      const timer = setInterval(run, plan.everyMs)
      return () => clearInterval(timer)
    }
    default: {
      const timer = setTimeout(run, plan.kind === 'in' ? plan.afterMs : Math.max(0, plan.at - clock.now()))
      return () => clearTimeout(timer)
    }
  }
}
