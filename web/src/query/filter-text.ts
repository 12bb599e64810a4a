import { unreachable } from '../../../src/core/errors.ts'
import { messages } from '../messages/messages.ts'
import type { Filter } from './filter.ts'

/** A filter in words: `device.id is press-07`, `not temperature between 20 and 80`. */
export function filterText({ field, condition, negated }: Filter): { readonly field: string; readonly rest: string } {
  const words = negated ? messages.filter.negated : messages.filter.conditions
  const word = words[condition.kind]
  switch (condition.kind) {
    case 'is':
      return { field, rest: `${word} ${String(condition.value)}` }
    case 'one_of':
      return { field, rest: `${word} ${condition.values.join(', ')}` }
    case 'exists':
      return { field, rest: word }
    case 'range':
      return {
        field,
        rest: `${word} ${condition.from === '' ? '−∞' : condition.from} – ${condition.to === '' ? '∞' : condition.to}`,
      }
    default:
      return unreachable(condition)
  }
}
