import type { DistanceMode } from '../distance-mode.ts'
import type { Field, GeoPoint } from '../field.ts'
import type { VectorFunction } from '../vector.ts'

/** Types of Java's. `date` is a moment in epoch milliseconds, its zone UTC. */
export type ExpressionType = 'boolean' | 'int' | 'long' | 'double' | 'string' | 'date'

export type NumberType = 'int' | 'long' | 'double'

/**
 * What a simple script computes of one document, in a form that an engine can compile to its own language: no loops, no
 * state, every type known, operands already converted. An engine that cannot tell what Java would do with a document
 * (or knows that it would throw) leaves that document to the script itself.
 */
export type Expression =
  | { readonly kind: 'constant'; readonly type: ExpressionType; readonly value: string | number | bigint | boolean }
  /** The smallest value of a field; throws where there is none. */
  | { readonly kind: 'first'; readonly type: ExpressionType; readonly field: Field }
  /** How many values a field has. */
  | { readonly kind: 'size'; readonly type: 'int'; readonly field: Field }
  /** The value that the script is about, where it is about each value of a field. */
  | { readonly kind: 'own'; readonly type: ExpressionType }
  | { readonly kind: 'score'; readonly type: 'double' }
  /** Both operands have the type of the result. Whole numbers wrap around; `/` and `%` of them throw for zero. */
  | {
      readonly kind: 'arithmetic'
      readonly type: NumberType
      readonly operator: '+' | '-' | '*' | '/' | '%'
      readonly left: Expression
      readonly right: Expression
    }
  /** Both operands have the same type. */
  | {
      readonly kind: 'compare'
      readonly type: 'boolean'
      readonly operator: Comparison
      readonly left: Expression
      readonly right: Expression
    }
  /** The right one is looked at only where the left one does not tell. */
  | { readonly kind: 'and' | 'or'; readonly type: 'boolean'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly type: 'boolean'; readonly of: Expression }
  | { readonly kind: 'convert'; readonly type: ExpressionType; readonly of: Expression }
  | {
      readonly kind: 'if'
      readonly type: ExpressionType
      readonly condition: Expression
      readonly whenTrue: Expression
      readonly otherwise: Expression
    }
  | {
      readonly kind: 'function'
      readonly type: ExpressionType
      readonly name: FunctionName
      readonly of: readonly Expression[]
    }
  /** From the points of a field to those given, in units of so many meters; no value where there is no point. */
  | {
      readonly kind: 'geo_distance'
      readonly type: 'double'
      readonly field: Field
      readonly origins: readonly GeoPoint[]
      readonly mode: DistanceMode
      readonly unitMeters: number
    }
  /** Of the vector in a field and another one; no value where they have not as many dimensions. */
  | {
      readonly kind: 'vector'
      readonly type: 'double'
      readonly name: VectorFunction
      readonly field: Field
      readonly vector: readonly number[]
    }
  /** No value. */
  | { readonly kind: 'nothing'; readonly type: ExpressionType }

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

export type FunctionName = MathName | DatePart | TextName

/** Of doubles, as `java.lang.Math`; `round` gives a long. */
export type MathName =
  | 'abs'
  | 'sqrt'
  | 'cbrt'
  | 'pow'
  | 'exp'
  | 'log'
  | 'log10'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'min'
  | 'max'

export type DatePart =
  | 'year'
  | 'month'
  | 'day_of_month'
  | 'day_of_year'
  /** 1 for Monday. */
  | 'day_of_week'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  /** Whole seconds since 1970. */
  | 'epoch_second'

export type TextName = 'length' | 'is_empty' | 'starts_with' | 'ends_with' | 'contains' | 'concat'
