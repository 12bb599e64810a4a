import { illegalArgument } from '../../core/errors.ts'
import { matchNone, type Query } from '../ast.ts'
import { existsQuery } from '../bind/exists.ts'
import { raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, BoundAggregation } from './definition.ts'
import { findField, requireAggregatable } from './values-source.ts'

/** One bucket: the documents without a value for a field. */
export const missing: AggregationDefinition = {
  name: 'missing',
  holdsOthers: true,
  parse(json, at) {
    const read = readObject(json, at, { field: text, missing: raw, value_type: text }, 'object')
    const path = read.field
    if (path === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
    return {
      bind(context) {
        const field = findField(path, context)
        if (field) requireAggregatable(field, 'missing', 'anything')
        // A stand-in leaves no document without a value.
        if (read.missing !== undefined && read.missing !== null) {
          return { ...missingShape, aggregation: { kind: 'filter', query: context.indices.map(() => matchNone) } }
        }
        // Every document of its index has a constant, though it is stored in none.
        if (field?.type === 'constant_keyword' && field.parameters.constant !== undefined) {
          const queries = context.indices.map((index) => not(existsQuery(path, index)))
          return { ...missingShape, aggregation: { kind: 'filter', query: queries } }
        }
        return { ...missingShape, aggregation: { kind: 'missing', field: field?.path ?? path } }
      },
    }
  },
}

const missingShape: Omit<BoundAggregation, 'aggregation'> = {
  typedKey: 'missing',
  shape: (result) =>
    result.kind === 'single'
      ? { kind: 'single', docCount: result.docCount, results: result.children }
      : { kind: 'single', docCount: 0, results: undefined },
}

function not(query: Query): Query {
  return { kind: 'bool', must: [], filter: [], should: [], mustNot: [query], minimumShouldMatch: 0 }
}
