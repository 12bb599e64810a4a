import type { EpochMillis } from '../../core/time.ts'
import { JavaError, painlessError } from './java-error.ts'

/** Turns of the loops within one call of a function, as Painless counts them. */
export const MAX_LOOP_TURNS = 1_000_000
/** Calls within calls of a script's own functions. Java's stack holds some thousands; ours ends a script before that. */
export const MAX_CALL_DEPTH = 400
/** What one run of a script may take in total, all its functions, lambdas and collections together. */
const MAX_STEPS = 2_000_000
/** Rough bytes that one run may put into strings and collections. */
const MAX_ALLOCATED_BYTES = 64 * 1024 * 1024

/*
 * Scripts run to their end without waiting for anything, so one pair of counters serves them all. A script that starts
 * another one (none does today) would share them.
 */
let allocatedBytes = 0
let steps = 0
let startedAt: EpochMillis = 0

/** A run begins. */
export function openBudget(now: EpochMillis): void {
  startedAt = now
  allocatedBytes = 0
  steps = 0
}

/** When the run began: a script's own clock, which stands still while it runs. */
export function runStartedAt(): EpochMillis {
  return startedAt
}

/** Bytes that the last run put into strings and collections, those that it dropped again among them. */
export function allocatedByLastRun(): number {
  return allocatedBytes
}

/** Counts memory that a script takes. @throws JavaError */
export function charge(bytes: number): void {
  allocatedBytes += bytes
  if (allocatedBytes > MAX_ALLOCATED_BYTES) {
    throw new JavaError(
      'org.opensearch.common.breaker.CircuitBreakingException',
      `[scripting] the script uses more than [${MAX_ALLOCATED_BYTES}] bytes of memory for strings and collections`,
    )
  }
}

/** Counts work that loops do not see: elements of streams, calls of lambdas and functions. @throws JavaError */
export function step(count = 1): void {
  steps += count
  if (steps > MAX_STEPS) throw painlessError(`The script did more than [${MAX_STEPS}] steps and was stopped.`)
}

export function tooManyTurns(): JavaError {
  return painlessError('The maximum number of statements that can be executed in a loop has been reached.')
}
