import { illegalArgument } from '../../core/errors.ts'
import { raw, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'
import { findField, requireAggregatable } from './values-source.ts'

/** One bucket: the documents without a value for a field. */
export const missing: AggregationDefinition = {
  name: 'missing',
  holdsOthers: true,
  parse(json, at) {
    const { field: path } = readObject(json, at, { field: text, missing: raw, value_type: text }, 'object')
    if (path === undefined) throw illegalArgument('Required one of fields [field, script], but none were specified. ')
    return {
      bind(context) {
        const field = findField(path, context)
        if (field) requireAggregatable(field, 'missing', 'anything')
        return {
          aggregation: { kind: 'missing', field: field?.path ?? path },
          typedKey: 'missing',
          shape: (result) =>
            result.kind === 'single'
              ? { kind: 'single', docCount: result.docCount, results: result.children }
              : { kind: 'single', docCount: 0, results: undefined },
        }
      },
    }
  },
}
