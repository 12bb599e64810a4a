import { illegalArgument } from '../../core/errors.ts'

/**
 * How many of `optional` clauses must match, by Elasticsearch's `minimum_should_match`: `2`, `-1`, `75%`, `-25%`,
 * `2<75%`, `2<-25% 9<-3`. Never below 0; more than there are stays more, and matches nothing.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function minimumShouldMatch(spec: string, optional: number): number {
  const trimmed = spec.trim()
  let result = optional
  if (trimmed.includes('<')) {
    for (const condition of trimmed.replace(/\s*<\s*/g, '<').split(/\s+/)) {
      const [bound, rest] = condition.split('<')
      if (bound === undefined || rest === undefined || rest === '') throw invalid(spec)
      if (optional <= wholeNumber(bound, spec)) return result
      result = minimumShouldMatch(rest, optional)
    }
    return result
  }
  if (trimmed.endsWith('%')) {
    const percent = wholeNumber(trimmed.slice(0, -1), spec)
    const part = (optional * percent) / 100
    // Of less than a whole clause that may be missing none is.
    result = part < 0 ? optional + Math.trunc(part) : Math.trunc(part)
  } else {
    const count = wholeNumber(trimmed, spec)
    result = count < 0 ? optional + count : count
  }
  return Math.max(0, result)
}

function wholeNumber(text: string, spec: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw invalid(spec)
  return Number(text)
}

function invalid(spec: string): Error {
  return illegalArgument(`cannot parse minimum_should_match [${spec}]: expected forms like [2], [-1], [75%] or [2<75%]`)
}
