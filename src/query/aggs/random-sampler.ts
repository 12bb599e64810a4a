import { doubleJson } from '../../core/double.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { matchAll } from '../ast.ts'
import { int, number, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'

/**
 * One bucket for a random part of the documents, whose counts stand for all of them. Here it holds all of them: a sample
 * is there to be quick, and what it estimates is what is answered.
 */
export const randomSampler: AggregationDefinition = {
  name: 'random_sampler',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(json, at, { probability: number, seed: int, shard_seed: int }, 'object')
    const { probability, seed = 0 } = read
    if (probability === undefined) throw illegalArgument('Required [probability]')
    if (!(probability > 0 && probability < 0.5) && probability !== 1)
      throw illegalArgument(`[probability] must be between 0 and 0.5, exclusive, or exactly 1.0; was [${probability}]`)
    return {
      bind({ indices, isWithin }) {
        if (isWithin) {
          throw new ElkhornError(
            'aggregation_execution_exception',
            400,
            `[random_sampler] aggregation [${name}] cannot be used with a parent aggregation`,
          )
        }
        const members = { seed, probability: doubleJson(probability) }
        return {
          aggregation: { kind: 'filter', query: indices.map(() => matchAll) },
          typedKey: 'random_sampler',
          shape: (result) =>
            result.kind === 'single'
              ? { kind: 'single', json: members, docCount: result.docCount, results: result.children }
              : { kind: 'single', json: members, docCount: 0, results: undefined },
        }
      },
    }
  },
}
