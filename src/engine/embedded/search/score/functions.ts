import { unreachable } from '../../../../core/errors.ts'
import type { FactorModifier, Query, ScoreFunction } from '../../../../query/ast.ts'
import type { Field, GeoPoint } from '../../../../query/field.ts'
import { SEQ_NO, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { compileExpression } from '../computed/compile-expression.ts'
import { distanceSql } from '../query/geo.ts'

type FunctionScore = Extract<Query, { kind: 'function_score' }>

/** A function with whether it applies to a document (1 or 0). */
export interface AppliedFunction {
  readonly applies: Sql
  readonly value: Sql
  readonly weight: number
}

/** Scores are 32 bits wide: what functions make is no larger. */
const MAX_FLOAT = 3.4028234663852886e38

/** Knuth's multiplier for hashing by multiplication, in 32 bits. */
const SPREAD = 2_654_435_761

/** The factor of a document, and how it changes a score (FunctionScoreQuery, CombineFunction). */
export function changedScore(
  score: Sql,
  functions: readonly AppliedFunction[],
  { scoreMode, boostMode, maxBoost }: FunctionScore,
): Sql {
  const factor = sql`least(${factorOf(functions, scoreMode)}, ${Math.min(maxBoost, MAX_FLOAT)})`
  switch (boostMode) {
    case 'multiply':
      return sql`${score} * ${factor}`
    case 'replace':
      return factor
    case 'sum':
      return sql`${score} + ${factor}`
    case 'avg':
      return sql`(${score} + ${factor}) / 2`
    case 'max':
      return sql`greatest(${score}, ${factor})`
    case 'min':
      return sql`least(${score}, ${factor})`
    default:
      return unreachable(boostMode)
  }
}

function factorOf(functions: readonly AppliedFunction[], mode: FunctionScore['scoreMode']): Sql {
  if (functions.length === 0) return sql`1`
  const orElse = (otherwise: Sql): Sql[] => functions.map(({ applies, value }) => sql`if(${applies}, ${value}, ${otherwise})`)
  const some = joinSql(
    functions.map(({ applies }) => applies),
    ' OR ',
  )
  const sum = (parts: readonly Sql[]): Sql => sql`(${joinSql(parts, ' + ')})`
  switch (mode) {
    case 'multiply':
      return joinSql(orElse(sql`1`), ' * ')
    case 'sum':
      return sql`if(${some}, ${sum(orElse(sql`0`))}, 1)`
    case 'avg': {
      const weights = functions.map(({ applies, weight }) => sql`if(${applies}, ${weight}, 0)`)
      return sql`if(${some}, ${sum(orElse(sql`0`))} / ${sum(weights)}, 1)`
    }
    case 'first': {
      const cases = functions.map(({ applies, value }) => sql`${applies}, toFloat64(${value})`)
      return sql`multiIf(${joinSql(cases, ', ')}, 1.0)`
    }
    case 'max':
      return sql`if(${some}, greatest(${joinSql([...orElse(sql`-inf`), sql`-inf`], ', ')}), 1)`
    case 'min':
      return sql`if(${some}, least(${joinSql([...orElse(sql`inf`), sql`inf`], ', ')}), 1)`
    default:
      return unreachable(mode)
  }
}

/** What a function computes of a document, weight included; never NULL. */
export function functionValue({ value, weight }: ScoreFunction, layout: TableLayout, score: Sql): Sql {
  switch (value.kind) {
    case 'one':
      return sql`${weight}`
    case 'field': {
      const column = layout.column(value.field)
      const found = column === undefined ? sql`NULL` : leastOf(column, (x) => sql`toFloat64(${x})`)
      return sql`(${weight} * ${modified(sql`(${value.factor} * ifNull(${found}, ${value.missing}))`, value.modifier)})`
    }
    case 'decay': {
      const column = layout.column(value.field)
      if (column === undefined) return sql`${weight}`
      const far = sql`greatest(0, ifNull(${nearest(column, value.origin)}, 0) - ${value.offset})`
      return sql`(${weight} * ${decayed(far, value)})`
    }
    case 'random':
      return sql`(${weight} * (toUInt32(${identifier(SEQ_NO)} * ${SPREAD} + ${value.seed >>> 0}) / 4294967296))`
    case 'script':
      return sql`(${weight} * ${scriptValue(value.field, layout, score)})`
    default:
      return unreachable(value)
  }
}

/** What a script computes; an expression of the score is part of the score that it makes. */
function scriptValue({ path, computation }: Field, layout: TableLayout, score: Sql): Sql {
  const column = layout.column(path)
  const expression = column === undefined ? computation?.expression : undefined
  if (expression !== undefined) return sql`ifNull(${compileExpression(expression, { layout, score }).sql}, 0)`
  return column === undefined ? sql`0` : sql`ifNull(${identifier(column.name)}, 0)`
}

/** `boost * pivot / (pivot + distance)`; 0 where there is no value. */
export function featureScore(
  column: StoredColumn,
  { origin, pivot }: Extract<Query, { kind: 'distance_feature' }>,
  boost: number,
): Sql {
  return sql`ifNull(${boost} * ${pivot} / (${pivot} + ${nearest(column, origin)}), 0)`
}

/** Distance between an origin and the nearest value: meters between points, else the difference. NULL without a value. */
function nearest(column: StoredColumn, origin: GeoPoint | number): Sql {
  if (typeof origin === 'number') return leastOf(column, (x) => sql`abs(toFloat64(${x}) - (${origin}))`)
  const { name, arrayName } = column
  const single = distanceSql(identifier(name), identifier(`${name}_lon`), origin)
  if (arrayName === undefined) return single
  const [lat, lon] = [identifier(arrayName), identifier(`${arrayName}_lon`)]
  return sql`if(empty(${lat}), ${single}, arrayMin(arrayMap((y, x) -> ${distanceSql(sql`y`, sql`x`, origin)}, ${lat}, ${lon})))`
}

function leastOf({ name, arrayName }: StoredColumn, of: (value: Sql) => Sql): Sql {
  const single = of(identifier(name))
  if (arrayName === undefined) return single
  const list = identifier(arrayName)
  return sql`if(empty(${list}), ${single}, arrayMin(arrayMap(x -> ${of(sql`x`)}, ${list})))`
}

function modified(value: Sql, modifier: FactorModifier): Sql {
  switch (modifier) {
    case 'none':
      return value
    case 'log':
      return sql`log10(${value})`
    case 'log1p':
      return sql`log10(${value} + 1)`
    case 'log2p':
      return sql`log10(${value} + 2)`
    case 'ln':
      return sql`log(${value})`
    case 'ln1p':
      return sql`log(${value} + 1)`
    case 'ln2p':
      return sql`log(${value} + 2)`
    case 'square':
      return sql`(${value} * ${value})`
    case 'sqrt':
      return sql`sqrt(${value})`
    case 'reciprocal':
      return sql`(1 / ${value})`
    default:
      return unreachable(modifier)
  }
}

function decayed(far: Sql, { shape, scale, decay }: Extract<ScoreFunction['value'], { kind: 'decay' }>): Sql {
  switch (shape) {
    case 'gauss':
      return sql`exp(${Math.log(decay) / (scale * scale)} * ${far} * ${far})`
    case 'exp':
      return sql`exp(${Math.log(decay) / scale} * ${far})`
    case 'linear':
      return sql`greatest(0, 1 - ${(1 - decay) / scale} * ${far})`
    default:
      return unreachable(shape)
  }
}
