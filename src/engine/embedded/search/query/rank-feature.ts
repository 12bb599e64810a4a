import { unreachable } from '../../../../core/errors.ts'
import type { Query } from '../../../../query/ast.ts'
import { decodeFeature, featurePrefix } from '../../../../query/rank-feature.ts'
import { DATABASE, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { float } from '../columns.ts'
import type { Statements } from '../statement.ts'
import { type Condition, leaf } from './condition.ts'

type RankFeature = Extract<Query, { kind: 'rank_feature' }>

/** Documents that have the feature. */
export function rankFeatureCondition(column: StoredColumn, { feature }: RankFeature): Condition {
  return leaf(sql`isNotNull(${featureValue(column, feature)})`, { nullable: false })
}

/** Of a document without the feature 0. */
export function rankFeatureScore(
  column: StoredColumn,
  { feature, function: how }: RankFeature,
  pivot: number,
  boost: number,
): Sql {
  const value = featureValue(column, feature)
  const score = (): Sql => {
    switch (how.kind) {
      case 'saturation':
        return sql`1 - ${pivot} / (${value} + ${pivot})`
      case 'log':
        return sql`log(${how.scalingFactor} + ${value})`
      case 'sigmoid': {
        const half = how.pivot ** how.exponent
        return sql`1 - ${half} / (pow(${value}, ${how.exponent}) + ${half})`
      }
      case 'linear':
        return value
      default:
        return unreachable(how)
    }
  }
  return sql`ifNull(${boost} * (${score()}), 0)`
}

/** The pivot of a saturation that names none: see `encodeFeature`. */
export async function loadPivot(
  column: StoredColumn,
  { feature }: RankFeature,
  { table }: TableLayout,
  statements: Statements,
): Promise<number> {
  const value = featureValue(column, feature)
  const encoded = sql`avg(bitShiftRight(reinterpretAsUInt32(toFloat32(${value})), 15))`
  const [row] = await statements.select(
    { mean: float(sql`ifNull(${encoded}, 0)`) },
    sql`FROM ${identifier(DATABASE)}.${identifier(table)} WHERE isNotNull(${value})`,
  )
  return decodeFeature(Math.trunc(Math.fround(row?.mean ?? 0)))
}

/** NULL without it. */
function featureValue({ name, arrayName }: StoredColumn, feature: string | undefined): Sql {
  if (feature === undefined) return sql`toFloat64(${identifier(name)})`
  const prefix = featurePrefix(feature)
  const number = (text: Sql): Sql => sql`toFloat64OrNull(substring(${text}, ${Buffer.byteLength(prefix) + 1}))`
  const single = sql`if(startsWith(ifNull(${identifier(name)}, ''), ${prefix}), ${number(sql`ifNull(${identifier(name)}, '')`)}, NULL)`
  if (arrayName === undefined) return single
  const found = sql`arrayFirst(x -> startsWith(x, ${prefix}), ${identifier(arrayName)})`
  return sql`if(empty(${identifier(arrayName)}), ${single}, ${number(found)})`
}
