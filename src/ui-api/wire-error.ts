import { ElkhornError } from '../core/errors.ts'
import type { WireError } from './wire/error.ts'

/** What a page may know of an error: all of the caller's, nothing of the inside of ours. */
export function wireError(error: unknown): WireError {
  if (error instanceof ElkhornError) {
    const reasons = [error.reason, ...causes(error.causedBy)]
    return { type: error.type, status: error.status, reason: reasons.join(': ') }
  }
  return { type: 'exception', status: 500, reason: 'Elkhorn could not do this; its log says why' }
}

function* causes(error: ElkhornError | undefined): Generator<string> {
  for (let at = error; at !== undefined; at = at.causedBy) yield at.reason
}
