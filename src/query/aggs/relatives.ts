import type { JsonValue } from '../../core/json.ts'
import type { Relatives } from '../aggregation.ts'
import { parsingException } from '../dsl/errors.ts'
import { objectAt, readObject, text, type Member } from '../dsl/reading.ts'
import { joinField, parentIdPath, relationOfChild } from '../join.ts'
import type { AggregationContext, AggregationDefinition, ParsedAggregation } from './definition.ts'

/** One bucket: the children that the documents of the bucket have, of one kind. */
export const children = related('children')

/** One bucket: the parents of those documents of the bucket that are children of one kind. */
export const parent = related('parent')

function related(name: 'children' | 'parent'): AggregationDefinition {
  return {
    name,
    holdsOthers: true,
    parse(json: JsonValue, at: Member, own: string): ParsedAggregation {
      const { type } = readObject(json, at, { type: text }, 'object')
      if (type === undefined) {
        throw parsingException(`Missing [child_type] field for ${name} aggregation [${own}]`, {
          node: objectAt(json, at),
          part: 'end',
        })
      }
      return {
        bind: (context) => ({
          aggregation: {
            kind: 'relatives',
            of: name === 'children' ? 'children' : 'parents',
            relations: context.indices.map((_, target) => relativesIn(target, { name, type }, context)),
          },
          typedKey: name,
          shape: (result) =>
            result.kind === 'single'
              ? { kind: 'single', docCount: result.docCount, results: result.children }
              : { kind: 'single', docCount: 0, results: undefined },
        }),
      }
    },
  }
}

interface Asked {
  readonly name: 'children' | 'parent'
  /** Kind of the children. */
  readonly type: string
}

/** An index that does not know the relation has nothing that is related. */
function relativesIn(target: number, { name, type }: Asked, { indices, seen }: AggregationContext): Relatives | undefined {
  const context = indices[target]
  const join = context && joinField(context.fields)
  const relation = join && relationOfChild(join, type)
  if (!relation) return undefined
  const kind = name === 'children' ? type : relation.parent
  const filter = [{ kind: 'terms', field: join.path, values: [kind] } as const, ...(seen?.[target] ?? [])]
  return {
    parentId: parentIdPath(join.path, relation.parent),
    query: { kind: 'bool', must: [], filter, should: [], mustNot: [], minimumShouldMatch: 0 },
  }
}
