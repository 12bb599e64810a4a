import { matchAll } from '../ast.ts'
import { readObject } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'

/** One bucket: all documents of the searched indices, whatever the query is. */
export const global: AggregationDefinition = {
  name: 'global',
  holdsOthers: true,
  parse(json, at) {
    readObject(json, at, {}, 'object')
    return {
      bind: ({ indices }) => ({
        aggregation: { kind: 'filter', query: indices.map(() => matchAll) },
        global: true,
        typedKey: 'global',
        shape: (result) =>
          result.kind === 'single'
            ? { kind: 'single', docCount: result.docCount, results: result.children }
            : { kind: 'single', docCount: 0, results: undefined },
      }),
    }
  },
}
