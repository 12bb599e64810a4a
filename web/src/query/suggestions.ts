import type { FieldSummary } from '../../../src/ui-api/wire/fields.ts'
import { messages } from '../messages/messages.ts'
import type { QueryLanguage } from './language.ts'
import { quoteValue } from './tokens.ts'
import type { CursorContext } from './tokens.ts'

export interface Suggestion {
  readonly kind: 'field' | 'value' | 'operator'
  readonly text: string
  readonly detail: string
  /** Takes the place of what is being typed. */
  readonly insert: string
}

const MAX_SUGGESTIONS = 10

/** Fields whose name holds what was typed, those that begin with it first. */
export function suggestFields(fields: readonly FieldSummary[], typed: string): Suggestion[] {
  const wanted = typed.toLowerCase()
  const rank = ({ name }: FieldSummary): number => {
    const at = name.toLowerCase().indexOf(wanted)
    if (at <= 0) return at === 0 ? 0 : -1
    return '._'.includes(name[at - 1] ?? '') ? 1 : 2
  }
  return fields
    .filter(({ searchable }) => searchable)
    .map((field) => ({ field, rank: rank(field) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.field.name.localeCompare(b.field.name))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ field: { name, type } }) => ({
      kind: 'field',
      text: name,
      detail: type,
      insert: `${name}${wanted === name.toLowerCase() ? '' : ': '}`,
    }))
}

export function suggestValues(values: readonly { readonly text: string; readonly count: number }[]): Suggestion[] {
  return values.map(({ text, count }) => ({
    kind: 'value',
    text,
    detail: count.toLocaleString(),
    insert: `${quoteValue(text)} `,
  }))
}

export function suggestOperators(context: CursorContext, language: QueryLanguage): Suggestion[] {
  const { operators } = messages
  const entry = (text: string, detail: string, insert = `${text} `): Suggestion => ({ kind: 'operator', text, detail, insert })
  if (context.kind === 'connector') {
    const upper = language === 'lucene'
    return [entry(upper ? 'AND' : 'and', operators.and), entry(upper ? 'OR' : 'or', operators.or)]
  }
  if (language === 'lucene')
    return [entry(':', operators.equals, ':'), entry(':>', operators.gt, ':>'), entry(':<', operators.lt, ':<')]
  return [
    entry(':', operators.equals, ': '),
    entry(': *', operators.exists),
    entry('>=', operators.gte),
    entry('<=', operators.lte),
    entry('>', operators.gt),
    entry('<', operators.lt),
  ]
}
