import { unreachable } from '../core/errors.ts'
import type { Event, FieldValue } from '../core/event.ts'
import { isFields } from '../core/event.ts'
import { fieldText } from '../core/event-json.ts'
import { fieldPath } from '../core/field-path.ts'
import { Float } from '../core/float.ts'
import { Timestamp } from '../core/timestamp.ts'

export type ComparisonOperator = '==' | '!=' | '<' | '>' | '<=' | '>='

/** What stands on either side of an operator. */
export type Operand =
  | { readonly kind: 'field'; readonly reference: string }
  | { readonly kind: 'value'; readonly value: string | number | Float }
  | { readonly kind: 'list'; readonly values: readonly Operand[] }
  | { readonly kind: 'regex'; readonly pattern: string }

/** A condition of `if`, as Logstash's language writes it. */
export type Condition =
  | { readonly kind: 'and' | 'or' | 'xor' | 'nand'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'in'; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'match'; readonly left: Operand; readonly pattern: string }
  | { readonly kind: 'truthy'; readonly operand: Operand }

export type CompiledCondition = (event: Event) => boolean

export interface ConditionOptions {
  /** Compiles a pattern in Ruby's syntax to a test. It decides about time limits. */
  readonly regex: (pattern: string) => (text: string) => boolean
  /**
   * `[stream] =~ /^\[/` asks "is it a list?" and is false in Logstash, where only strings match. When set, a list
   * matches a pattern that matches its text in brackets.
   */
  readonly listsMatchAsText: boolean
}

/** Compiles a condition to a closure. Operands of types that cannot be compared make a comparison false. */
export function compileCondition(condition: Condition, options: ConditionOptions): CompiledCondition {
  switch (condition.kind) {
    case 'and': {
      const [left, right] = pair(condition, options)
      return (event) => left(event) && right(event)
    }
    case 'or': {
      const [left, right] = pair(condition, options)
      return (event) => left(event) || right(event)
    }
    case 'xor': {
      const [left, right] = pair(condition, options)
      return (event) => left(event) !== right(event)
    }
    case 'nand': {
      const [left, right] = pair(condition, options)
      return (event) => !(left(event) && right(event))
    }
    case 'not': {
      const inner = compileCondition(condition.condition, options)
      return (event) => !inner(event)
    }
    case 'compare':
      return compileComparison(condition.operator, condition.left, condition.right)
    case 'in': {
      const left = compileOperand(condition.left)
      const right = compileOperand(condition.right)
      return (event) => isIn(left(event), right(event))
    }
    case 'match': {
      const left = compileOperand(condition.left)
      const test = options.regex(condition.pattern)
      const { listsMatchAsText } = options
      return (event) => {
        const value = left(event)
        if (typeof value === 'string') return test(value)
        return listsMatchAsText && Array.isArray(value) && test(`[${fieldText(value)}]`)
      }
    }
    case 'truthy': {
      const operand = compileOperand(condition.operand)
      return (event) => isTruthy(operand(event))
    }
    default:
      return unreachable(condition)
  }
}

function pair(
  condition: { readonly left: Condition; readonly right: Condition },
  options: ConditionOptions,
): readonly [CompiledCondition, CompiledCondition] {
  return [compileCondition(condition.left, options), compileCondition(condition.right, options)]
}

function compileOperand(operand: Operand): (event: Event) => FieldValue | undefined {
  switch (operand.kind) {
    case 'field': {
      const path = fieldPath(operand.reference)
      return (event) => path.get(event)
    }
    case 'value': {
      const { value } = operand
      return () => value
    }
    case 'regex': {
      const { pattern } = operand
      return () => pattern
    }
    case 'list': {
      const values = operand.values.map(compileOperand)
      if (operand.values.every((value) => value.kind === 'value')) {
        const constant = operand.values.flatMap((value) => (value.kind === 'value' ? [value.value] : []))
        return () => constant
      }
      return (event) => values.map((value) => value(event) ?? null)
    }
    default:
      return unreachable(operand)
  }
}

function compileComparison(operator: ComparisonOperator, leftOperand: Operand, rightOperand: Operand): CompiledCondition {
  const left = compileOperand(leftOperand)
  const right = compileOperand(rightOperand)
  switch (operator) {
    case '==':
      return (event) => valuesEqual(left(event), right(event))
    case '!=':
      return (event) => !valuesEqual(left(event), right(event))
    case '<':
      return (event) => (compareValues(left(event), right(event)) ?? NaN) < 0
    case '>':
      return (event) => (compareValues(left(event), right(event)) ?? NaN) > 0
    case '<=':
      return (event) => (compareValues(left(event), right(event)) ?? NaN) <= 0
    case '>=':
      return (event) => (compareValues(left(event), right(event)) ?? NaN) >= 0
    default:
      return unreachable(operator)
  }
}

/** A field is true unless it is absent, null, `false`, an empty string or the string `false`. */
export function isTruthy(value: FieldValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 'false'
}

/** `null` equals absent; `1` equals `1.0`; a boolean equals its word, the language has no other way to write one. */
export function valuesEqual(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (a === b) return true
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== undefined && right !== undefined)
    return left === right || (typeof left !== typeof right && String(left) === String(right))
  if (typeof a === 'boolean' && typeof b === 'string') return String(a) === b
  if (typeof b === 'boolean' && typeof a === 'string') return String(b) === a
  if (a === undefined || a === null) return b === undefined || b === null
  if (a instanceof Timestamp)
    return b instanceof Timestamp ? instantOrder(a, b) === 0 : typeof b === 'string' && a.toString() === b
  if (b instanceof Timestamp) return valuesEqual(b, a)
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((value, index) => valuesEqual(value, b[index]))
  if (isFields(a) && isFields(b)) {
    const names = Object.keys(a)
    return (
      names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && valuesEqual(a[name], b[name]))
    )
  }
  return false
}

/** Order of two numbers, two strings (by bytes, as Ruby) or two instants; `undefined` for anything else. */
function compareValues(a: FieldValue | undefined, b: FieldValue | undefined): number | undefined {
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== undefined && right !== undefined)
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number(left) - Number(right)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Timestamp && b instanceof Timestamp) return instantOrder(a, b)
  if (a instanceof Timestamp && typeof b === 'string') return compareText(a.toString(), b)
  if (b instanceof Timestamp && typeof a === 'string') return compareText(a, b.toString())
  return undefined
}

function instantOrder(a: Timestamp, b: Timestamp): number {
  return a.epochMillis - b.epochMillis || a.nanos - b.nanos
}

/** By code points, which is the order of the UTF-8 bytes. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Surrogates sort above the rest of the basic plane.
    if (x !== y) return (x >= 0xd800 && x < 0xe000 ? x + 0x10000 : x) - (y >= 0xd800 && y < 0xe000 ? y + 0x10000 : y)
  }
  return a.length - b.length
}

function numberOf(value: FieldValue | undefined): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Float ? value.value : undefined
}

/**
 * `left in right`: an element of a list, a part of a string. A constant list compares by text, as in Logstash
 * (`[status] in [200, 404]` holds for the string `"200"`).
 */
function isIn(left: FieldValue | undefined, right: FieldValue | undefined): boolean {
  if (left === undefined || left === null || right === undefined || right === null) return false
  if (typeof right === 'string') {
    if (typeof left === 'string') return right.includes(left)
    return Array.isArray(left) ? left.includes(right) : fieldText(left) === right
  }
  if (Array.isArray(right)) {
    return right.some(
      (element) => valuesEqual(element, left) || (isScalar(left) && isScalar(element) && fieldText(element) === fieldText(left)),
    )
  }
  return valuesEqual(left, right)
}

function isScalar(value: FieldValue): value is string | number | bigint | boolean | Float {
  return typeof value !== 'object' || value instanceof Float
}
