import { unreachable } from '../../../../core/errors.ts'
import type { FactorModifier, Query, ScoreFunction } from '../../../../query/ast.ts'
import type { DistanceMode } from '../../../../query/distance-mode.ts'
import type { Field, GeoPoint } from '../../../../query/field.ts'
import { SEQ_NO, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { compileExpression } from '../computed/compile-expression.ts'
import { distanceOf } from '../distance-of.ts'
import { distanceSql } from '../query/geo.ts'

type FunctionScore = Extract<Query, { kind: 'function_score' }>

/** A function, and whether it applies to a document (1 or 0); absent where it does to all. */
export interface AppliedFunction {
  readonly applies: Sql | undefined
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
  // The engine loses track of expressions with conditions that are constant when it sorts by them.
  const orElse = (otherwise: Sql, of = ({ value }: AppliedFunction): Sql => value): Sql[] =>
    functions.map((one) => (one.applies === undefined ? of(one) : sql`if(${one.applies}, ${of(one)}, ${otherwise})`))
  const conditions = functions.flatMap(({ applies }) => applies ?? [])
  const whereAny = (value: Sql): Sql =>
    conditions.length < functions.length ? value : sql`if(${joinSql(conditions, ' OR ')}, ${value}, 1)`
  const sum = (parts: readonly Sql[]): Sql => sql`(${joinSql(parts, ' + ')})`
  switch (mode) {
    case 'multiply':
      return joinSql(orElse(sql`1`), ' * ')
    case 'sum':
      return whereAny(sum(orElse(sql`0`)))
    case 'avg': {
      const weights = orElse(sql`0`, ({ weight }) => sql`${weight}`)
      return whereAny(sql`${sum(orElse(sql`0`))} / ${sum(weights)}`)
    }
    case 'first':
      return functions.reduceRight(
        (otherwise, { applies, value }) =>
          applies === undefined ? value : sql`if(${applies}, toFloat64(${value}), ${otherwise})`,
        sql`1.0`,
      )
    case 'max':
      return whereAny(sql`greatest(${joinSql([...orElse(sql`-inf`), sql`-inf`], ', ')})`)
    case 'min':
      return whereAny(sql`least(${joinSql([...orElse(sql`inf`), sql`inf`], ', ')})`)
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
      const found = column === undefined ? sql`NULL` : reduced(column, 'min', (x) => sql`toFloat64(${x})`)
      return sql`(${weight} * ${modified(sql`(${value.factor} * ifNull(${found}, ${value.missing}))`, value.modifier)})`
    }
    case 'decay': {
      const column = layout.column(value.field)
      if (column === undefined) return sql`${weight}`
      const far = distanceTo(column, value.origin, value.mode, value.offset)
      return sql`(${weight} * ${decayed(sql`ifNull(${far}, 0)`, value)})`
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
  return sql`ifNull(${boost} * ${pivot} / (${pivot} + ${distanceTo(column, origin, 'min')}), 0)`
}

/**
 * Distance beyond `offset` between an origin and a document's values: meters between points, else the difference. Without
 * an offset it is NULL where there is no value.
 */
function distanceTo(column: StoredColumn, origin: GeoPoint | number, mode: DistanceMode, offset = 0): Sql {
  const beyond = (distance: Sql): Sql => (offset === 0 ? distance : sql`greatest(0, ${distance} - ${offset})`)
  const { name, arrayName } = column
  if (typeof origin === 'number') return reduced(column, mode, (x) => beyond(sql`abs(toFloat64(${x}) - (${origin}))`))
  const single = beyond(distanceSql(identifier(name), identifier(`${name}_lon`), origin))
  if (arrayName === undefined) return single
  const [lat, lon] = [identifier(arrayName), identifier(`${arrayName}_lon`)]
  const each = sql`arrayMap((y, x) -> ${beyond(distanceSql(sql`y`, sql`x`, origin))}, ${lat}, ${lon})`
  return sql`if(empty(${lat}), ${single}, ${distanceOf(each, mode)})`
}

function reduced({ name, arrayName }: StoredColumn, mode: DistanceMode, of: (value: Sql) => Sql): Sql {
  const single = of(identifier(name))
  if (arrayName === undefined) return single
  const list = identifier(arrayName)
  return sql`if(empty(${list}), ${single}, ${distanceOf(sql`arrayMap(x -> ${of(sql`x`)}, ${list})`, mode)})`
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
