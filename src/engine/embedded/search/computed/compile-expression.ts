import { unreachable } from '../../../../core/errors.ts'
import type { Expression, ExpressionType, FunctionName } from '../../../../query/computed/expression.ts'
import type { VectorFunction } from '../../../../query/vector.ts'
import type { TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { singleValue } from '../aggs/field-input.ts'
import { distanceOf } from '../distance-of.ts'
import { valueTypeOf } from '../field-type.ts'
import { LONGITUDE } from '../../tables/column-shape.ts'
import { distanceSql } from '../query/geo.ts'
import { hasExactMinutes, MINUTE_MS } from '../query/range.ts'

/** An expression of a script over the columns of a table. */
export interface CompiledExpression {
  /** NULL where the script gives no value. */
  readonly sql: Sql
  /**
   * 1 for documents of which `sql` does not tell what Java would do, or tells that it would throw: missing values, division
   * by zero, characters beyond ASCII where places in a text count. Never NULL; `undefined` where there are none.
   */
  readonly doubt: Sql | undefined
}

export interface ExpressionScope {
  readonly layout: TableLayout
  /** What `own` stands for. */
  readonly own?: Sql
  /** What `score` stands for. */
  readonly score?: Sql
  /** The number of a document's minute, where it is not read from its column. */
  readonly minute?: Sql
}

/** A fold over the expression, one case for every kind. Types are Java's: Int32, Int64, Float64, UInt8 for booleans. */
export function compileExpression(expression: Expression, scope: ExpressionScope): CompiledExpression {
  const inner = (of: Expression): CompiledExpression => compileExpression(of, scope)
  switch (expression.kind) {
    case 'constant':
      return certain(typed(sql`${expression.value}`, expression.type))
    case 'own':
      if (scope.own === undefined) throw new Error('there is no value that the script is about')
      return certain(typed(scope.own, expression.type))
    case 'score':
      if (scope.score === undefined) throw new Error('a score is no part of a column')
      return certain(sql`toFloat64(${scope.score})`)
    case 'nothing':
      return certain(sql`CAST(NULL AS Nullable(${TYPE_NAMES[expression.type]}))`)
    case 'first':
      return firstValue(expression, scope)
    case 'geo_distance':
      return certain(geoDistance(expression, scope))
    case 'vector':
      return vectorFunction(expression, scope)
    case 'size':
      return sizeOf(expression, scope)
    case 'arithmetic':
      return arithmetic(expression, inner(expression.left), inner(expression.right))
    case 'compare': {
      const [left, right] = [inner(expression.left), inner(expression.right)]
      const operator: Sql = { kind: 'sql', text: expression.operator === '==' ? '=' : expression.operator }
      return { sql: sql`(${left.sql} ${operator} ${right.sql})`, doubt: anyDoubt(left.doubt, right.doubt) }
    }
    case 'and':
    case 'or': {
      const [left, right] = [inner(expression.left), inner(expression.right)]
      const word: Sql = expression.kind === 'and' ? sql`AND` : sql`OR`
      const looksRight = expression.kind === 'and' ? sql`ifNull(${left.sql}, 0)` : sql`NOT ifNull(${left.sql}, 1)`
      const later = right.doubt && sql`(${looksRight} AND ${right.doubt})`
      return { sql: sql`(${left.sql} ${word} ${right.sql})`, doubt: anyDoubt(left.doubt, later) }
    }
    case 'not': {
      const of = inner(expression.of)
      return { sql: sql`(NOT ${of.sql})`, doubt: of.doubt }
    }
    case 'if': {
      const [condition, whenTrue, otherwise] = [
        inner(expression.condition),
        inner(expression.whenTrue),
        inner(expression.otherwise),
      ]
      const chosen =
        whenTrue.doubt || otherwise.doubt
          ? sql`if(ifNull(${condition.sql}, 0), ${whenTrue.doubt ?? sql`0`}, ${otherwise.doubt ?? sql`0`})`
          : undefined
      return {
        sql: sql`if(${condition.sql}, ${whenTrue.sql}, ${otherwise.sql})`,
        doubt: anyDoubt(condition.doubt, chosen),
      }
    }
    case 'convert':
      return converted(expression.of.type, expression.type, inner(expression.of))
    case 'function':
      return partOfMinute(expression, scope) ?? called(expression.name, expression.of.map(inner), 1)
    default:
      return unreachable(expression)
  }
}

const TYPE_NAMES: Readonly<Record<ExpressionType, Sql>> = {
  boolean: sql`UInt8`,
  int: sql`Int32`,
  long: sql`Int64`,
  double: sql`Float64`,
  string: sql`String`,
  date: sql`Int64`,
}

const certain = (value: Sql): CompiledExpression => ({ sql: value, doubt: undefined })

function typed(value: Sql, type: ExpressionType): Sql {
  switch (type) {
    case 'int':
      return sql`toInt32(${value})`
    case 'long':
    case 'date':
      return sql`toInt64(${value})`
    case 'double':
      return sql`toFloat64(${value})`
    default:
      return value
  }
}

function anyDoubt(...doubts: readonly (Sql | undefined)[]): Sql | undefined {
  const all = doubts.filter((doubt) => doubt !== undefined)
  return all.length === 0 ? undefined : sql`(${joinSql(all, ' OR ')})`
}

function firstValue({ field, type }: Extract<Expression, { kind: 'first' }>, { layout }: ExpressionScope): CompiledExpression {
  const column = layout.column(field.path)
  if (column === undefined) return { sql: sql`CAST(NULL AS Nullable(${TYPE_NAMES[type]}))`, doubt: sql`1` }
  const single = singleValue(column, { layout }, valueTypeOf(field))
  const several = column.arrayName && identifier(column.arrayName)
  const value = several ? sql`if(empty(${several}), ${single}, arrayMin(${several}))` : single
  const isThere = column.missing !== undefined && !layout.hasMissingTime && !several
  return { sql: typed(value, type), doubt: isThere ? undefined : sql`isNull(${value})` }
}

function sizeOf({ field }: Extract<Expression, { kind: 'size' }>, { layout }: ExpressionScope): CompiledExpression {
  const column = layout.column(field.path)
  if (column === undefined) return certain(sql`toInt32(0)`)
  const one = sql`isNotNull(${singleValue(column, { layout }, valueTypeOf(field))})`
  const several = column.arrayName && identifier(column.arrayName)
  return certain(several ? sql`toInt32(if(empty(${several}), ${one}, length(${several})))` : sql`toInt32(${one})`)
}

function vectorFunction(
  { field, name, vector }: Extract<Expression, { kind: 'vector' }>,
  { layout }: ExpressionScope,
): CompiledExpression {
  const column = layout.column(field.path)
  if (column?.storage !== 'float32') return { sql: sql`CAST(NULL AS Nullable(Float64))`, doubt: sql`1` }
  const one = sql`if(isNull(${identifier(column.name)}), emptyArrayFloat32(), [assumeNotNull(${identifier(column.name)})])`
  const several = column.arrayName === undefined ? undefined : identifier(column.arrayName)
  const own = several ? sql`if(empty(${several}), ${one}, ${several})` : one
  // The functions fail for vectors of different lengths, also where nobody looks at what they say.
  const both = sql`arrayResize(${own}, ${vector.length}), CAST(${vector.map(Number)} AS Array(Float32))`
  return {
    sql: sql`if(length(${own}) = ${vector.length}, toNullable(${VECTOR_SQL[name](both)}), NULL)`,
    doubt: sql`length(${own}) != ${vector.length}`,
  }
}

const VECTOR_SQL: Readonly<Record<VectorFunction, (both: Sql) => Sql>> = {
  // One of length 0 has no direction.
  cosineSimilarity: (both) => sql`ifNotFinite(1 - toFloat64(cosineDistance(${both})), 0)`,
  dotProduct: (both) => sql`toFloat64(dotProduct(${both}))`,
  l1norm: (both) => sql`toFloat64(L1Distance(${both}))`,
  l2norm: (both) => sql`toFloat64(L2Distance(${both}))`,
}

function geoDistance(
  { field, origins, mode, unitMeters }: Extract<Expression, { kind: 'geo_distance' }>,
  { layout }: ExpressionScope,
): Sql {
  const column = layout.column(field.path)
  if (column === undefined) return sql`CAST(NULL AS Nullable(Float64))`
  const { name, arrayName } = column
  const from = (lat: Sql, lon: Sql): Sql[] => origins.map((origin) => distanceSql(lat, lon, origin))
  const [lat, lon] = [identifier(name), identifier(name + LONGITUDE)]
  const one = sql`[${joinSql(from(sql`assumeNotNull(${lat})`, sql`assumeNotNull(${lon})`), ', ')}]`
  const counted = (all: Sql): Sql => sql`${distanceOf(all, mode)} / ${unitMeters}`
  const single = sql`if(isNull(${lat}), NULL, ${counted(one)})`
  if (arrayName === undefined) return single
  const [lats, lons] = [identifier(arrayName), identifier(arrayName + LONGITUDE)]
  const several = sql`arrayFlatten(arrayMap((y, x) -> [${joinSql(from(sql`y`, sql`x`), ', ')}], ${lats}, ${lons}))`
  return sql`if(empty(${lats}), ${single}, ${counted(several)})`
}

function arithmetic(
  { operator, type, right: divisor }: Extract<Expression, { kind: 'arithmetic' }>,
  left: CompiledExpression,
  right: CompiledExpression,
): CompiledExpression {
  const [a, b] = [left.sql, right.sql]
  const doubt = anyDoubt(left.doubt, right.doubt)
  const exact = (value: Sql): Sql => typed(value, type)
  switch (operator) {
    case '+':
      return { sql: exact(sql`(${a} + ${b})`), doubt }
    case '-':
      return { sql: exact(sql`(${a} - ${b})`), doubt }
    case '*':
      return { sql: exact(sql`(${a} * ${b})`), doubt }
    case '/':
    case '%': {
      if (type === 'double') return { sql: operator === '/' ? sql`(${a} / ${b})` : sql`modulo(${a}, ${b})`, doubt }
      const call: Sql = operator === '/' ? sql`intDivOrZero` : sql`moduloOrZero`
      // Zero throws; by -1 the smallest number overflows.
      const isPlain = divisor.kind === 'constant' && divisor.value !== 0 && divisor.value !== -1
      return { sql: exact(sql`${call}(${a}, ${b})`), doubt: isPlain ? doubt : anyDoubt(doubt, sql`ifNull(${b} IN (0, -1), 0)`) }
    }
    default:
      return unreachable(operator)
  }
}

function converted(from: ExpressionType, to: ExpressionType, of: CompiledExpression): CompiledExpression {
  if (to === 'string') {
    return { ...of, sql: from === 'boolean' ? sql`if(${of.sql}, 'true', 'false')` : sql`toString(${of.sql})` }
  }
  // Java cuts at the ends of the range, the engine does not; what is no number compares with nothing.
  if (from === 'double' && to !== 'double') {
    const limit = to === 'int' ? 2 ** 31 - 1 : 2 ** 62
    return { sql: typed(of.sql, to), doubt: anyDoubt(of.doubt, sql`NOT ifNull(abs(${of.sql}) < ${limit}, 1)`) }
  }
  return { ...of, sql: typed(of.sql, to) }
}

type Called = Extract<Expression, { kind: 'function' }>

/** What all moments of a minute have in common. */
const PARTS_OF_MINUTES: ReadonlySet<FunctionName> = new Set([
  'minute',
  'hour',
  'day_of_week',
  'day_of_month',
  'day_of_year',
  'month',
  'year',
])

/** A part of the time that documents are kept by: the column of minutes tells it, a fiftieth as large as the times. */
function partOfMinute(expression: Called, { layout, minute }: ExpressionScope): CompiledExpression | undefined {
  if (!isPartOfMinute(expression, layout)) return undefined
  return called(expression.name, [certain(minute ?? identifier(layout.minuteColumn ?? ''))], MINUTE_MS)
}

function isPartOfMinute({ name, of: [time, ...more] }: Called, layout: TableLayout): boolean {
  if (time?.kind !== 'first' || more.length > 0 || !PARTS_OF_MINUTES.has(name)) return false
  const column = layout.column(time.field.path)
  if (column === undefined || column.name !== layout.timeColumn || column.arrayName !== undefined) return false
  return layout.minuteColumn !== undefined && !layout.hasMissingTime && hasExactMinutes(layout)
}

/** Whether an expression has the same value for all documents of a minute, by what it says. */
export function followsFromMinute(expression: Expression, layout: TableLayout): boolean {
  const follows = (inner: Expression): boolean => followsFromMinute(inner, layout)
  switch (expression.kind) {
    case 'constant':
      return true
    case 'arithmetic':
    case 'compare':
    case 'and':
    case 'or':
      return follows(expression.left) && follows(expression.right)
    case 'not':
    case 'convert':
      return follows(expression.of)
    case 'if':
      return follows(expression.condition) && follows(expression.whenTrue) && follows(expression.otherwise)
    case 'function':
      return isPartOfMinute(expression, layout) || (expression.of.length > 0 && expression.of.every(follows))
    default:
      return false
  }
}

const MS_PER_DAY = 86_400_000
const MS_PER_HOUR = 3_600_000
/** The years that the engine's calendar knows, in milliseconds: 1900 to 2299. */
const CALENDAR = { from: -2_208_988_800_000, to: 10_413_792_000_000 }

/** Times are counted in units of `unitMs`. */
function called(name: FunctionName, given: readonly CompiledExpression[], unitMs: number): CompiledExpression {
  const [x = sql`NULL`, y = sql`NULL`] = given.map((one) => one.sql)
  const doubt = anyDoubt(...given.map((one) => one.doubt))
  const plain = (value: Sql): CompiledExpression => ({ sql: value, doubt })
  const within = (ms: number): Sql => sql`positiveModulo(${x}, ${ms / unitMs})`
  const day = sql`intDiv(${x} - ${within(MS_PER_DAY)}, ${MS_PER_DAY / unitMs})`
  const calendar = (part: Sql): CompiledExpression => ({
    sql: sql`toInt32(${part}(toDate32(toInt32(${day}))))`,
    doubt: anyDoubt(doubt, sql`ifNull(${x} < ${CALENDAR.from / unitMs} OR ${x} >= ${CALENDAR.to / unitMs}, 0)`),
  })
  switch (name) {
    case 'abs':
    case 'sqrt':
    case 'cbrt':
    case 'exp':
    case 'log':
    case 'log10':
    case 'floor':
    case 'ceil':
    case 'sin':
    case 'cos':
    case 'tan':
      return plain(sql`${{ kind: 'sql', text: name }}(${x})`)
    case 'pow':
      return plain(sql`pow(${x}, ${y})`)
    case 'round':
      return {
        sql: sql`toInt64(floor(${x}) + (${x} - floor(${x}) >= 0.5))`,
        doubt: anyDoubt(doubt, sql`NOT ifNull(abs(${x}) < ${2 ** 52}, 1)`),
      }
    case 'min':
    case 'max': {
      const call: Sql = name === 'min' ? sql`least` : sql`greatest`
      return { sql: sql`${call}(${x}, ${y})`, doubt: anyDoubt(doubt, sql`ifNull(isNaN(${x}) OR isNaN(${y}), 0)`) }
    }
    case 'hour':
      return plain(sql`toInt32(intDiv(${within(MS_PER_DAY)}, ${MS_PER_HOUR / unitMs}))`)
    case 'minute':
      return plain(sql`toInt32(intDiv(${within(MS_PER_HOUR)}, ${MINUTE_MS / unitMs}))`)
    case 'second':
      return plain(sql`toInt32(intDiv(${within(MINUTE_MS)}, 1000))`)
    case 'millisecond':
      return plain(sql`toInt32(${within(1000)})`)
    case 'epoch_second':
      return plain(sql`toInt64(intDiv(${x} - ${within(1000)}, 1000))`)
    case 'day_of_week':
      // 1 January 1970 was a Thursday.
      return plain(sql`toInt32(positiveModulo(${day} + 3, 7) + 1)`)
    case 'year':
      return calendar(sql`toYear`)
    case 'month':
      return calendar(sql`toMonth`)
    case 'day_of_month':
      return calendar(sql`toDayOfMonth`)
    case 'day_of_year':
      return calendar(sql`toDayOfYear`)
    case 'length':
      // Java counts UTF-16 units.
      return { sql: sql`toInt32(length(${x}))`, doubt: anyDoubt(doubt, sql`NOT ifNull(isValidASCII(${x}), 1)`) }
    case 'is_empty':
      return plain(sql`empty(${x})`)
    case 'starts_with':
      return plain(sql`startsWith(${x}, ${y})`)
    case 'ends_with':
      return plain(sql`endsWith(${x}, ${y})`)
    case 'contains':
      return plain(sql`(position(${x}, ${y}) > 0)`)
    case 'concat':
      return plain(sql`concat(toString(${x}), toString(${y}))`)
    default:
      return unreachable(name)
  }
}
