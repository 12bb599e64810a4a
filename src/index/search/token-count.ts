import { analyzerFor } from '../../query/analysis/analysis.ts'
import { countTokens } from '../../query/analysis/count-tokens.ts'
import type { Field, FieldValue } from '../../query/field.ts'
import type { IndexState } from '../index-state.ts'

/** The value of a field of the type `token_count`: what the source holds is the text. */
export function tokenCount(value: FieldValue, { parameters }: Field, { analysis }: Pick<IndexState, 'analysis'>): FieldValue {
  if (typeof value !== 'string') return value
  return countTokens(value, analyzerFor(parameters.analyzer ?? 'default', analysis), parameters.countsHoles !== false)
}
