import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isPlainObject, withinNested, type BindContext } from '../bind/context.ts'
import { parsingException } from '../dsl/errors.ts'
import { objectAt, readObject, text } from '../dsl/reading.ts'
import { isAround, type ScopePath } from '../nested-objects.ts'
import type { AggregationContext, AggregationDefinition, BoundAggregation } from './definition.ts'

/** One bucket: the nested objects of a path that the documents hold, or the objects around. */
export const nested: AggregationDefinition = {
  name: 'nested',
  holdsOthers: true,
  parse(json, at, name) {
    const { path } = readObject(json, at, { path: text }, 'object')
    if (path === undefined)
      throw parsingException(`Missing [path] field for nested aggregation [${name}]`, { node: objectAt(json, at), part: 'end' })
    return {
      bind(context) {
        for (const index of context.indices) checkNested(path, index)
        return { ...oneBucket('nested', within(context, path)), aggregation: { kind: 'nested', path } }
      },
    }
  },
}

/** One bucket within `nested`: what holds its objects, down to the documents unless a path says otherwise. */
export const reverseNested: AggregationDefinition = {
  name: 'reverse_nested',
  holdsOthers: true,
  parse(json, at, name) {
    const { path = '' } = readObject(json, at, { path: text }, 'object')
    return {
      bind(context) {
        const scopes = context.indices.map(({ scope = '' }) => scope)
        if (scopes.length > 0 && scopes.every((scope) => scope === '')) {
          throw illegalArgument(`Reverse nested aggregation [${name}] can only be used inside a [nested] aggregation`)
        }
        if (path !== '') for (const index of context.indices) checkNested(path, index)
        if (scopes.some((scope) => !isAround(path, scope))) {
          throw illegalArgument(
            `[reverse_nested] aggregation [${name}] goes out to [${path}], which is not around the nested objects of [${scopes[0] ?? ''}]`,
          )
        }
        return { ...oneBucket('reverse_nested', within(context, path)), aggregation: { kind: 'reverse_nested', path } }
      },
    }
  },
}

function oneBucket(typedKey: string, below: AggregationContext): Omit<BoundAggregation, 'aggregation'> {
  return {
    typedKey,
    below,
    shape: (result) =>
      result.kind === 'single'
        ? { kind: 'single', docCount: result.docCount, results: result.children }
        : { kind: 'single', docCount: 0, results: undefined },
  }
}

function within(context: AggregationContext, scope: ScopePath): AggregationContext {
  return { ...context, indices: context.indices.map((index) => withinNested(index, scope)) }
}

/** A path that is not mapped has no objects. @throws ElkhornError `aggregation_execution_exception` */
function checkNested(path: string, index: BindContext): void {
  const isNested = index.nested?.objects.some((one) => one.path === path) === true
  if (isNested || !isPlainObject(path, index)) return
  throw new ElkhornError('aggregation_execution_exception', 400, `[nested] nested path [${path}] is not nested`)
}
