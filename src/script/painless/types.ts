/**
 * Static types by their canonical names: `int`, `def`, `java.lang.String`, `int[]`, `java.util.Map.Entry`.
 *
 * How a value is held follows from its type, and is what the closures of expressions pass along:
 *
 * - `boolean`: a boolean;
 * - `byte`, `short`, `char`, `int`: a whole number in its range; a `char` is a UTF-16 unit;
 * - `long`: a `Long` of `long.ts`; `float` (rounded to 32 bits) and `double`: a number, whole or not;
 * - everything else: a `Value`, wrapped so that its class can be told.
 */
export type Type = string

export const OBJECT: Type = 'java.lang.Object'
export const STRING: Type = 'java.lang.String'

/** Wrapper class of each primitive type. */
const BOXED: Readonly<Record<string, Type>> = {
  boolean: 'java.lang.Boolean',
  byte: 'java.lang.Byte',
  short: 'java.lang.Short',
  char: 'java.lang.Character',
  int: 'java.lang.Integer',
  long: 'java.lang.Long',
  float: 'java.lang.Float',
  double: 'java.lang.Double',
}

const UNBOXED: Readonly<Record<string, Type>> = Object.fromEntries(Object.entries(BOXED).map(([type, boxed]) => [boxed, type]))

export function boxedType(type: Type): Type {
  return Object.hasOwn(BOXED, type) ? (BOXED[type] ?? type) : type
}

/** The primitive type of a wrapper class; the type itself for others. */
export function unboxedType(type: Type): Type {
  return Object.hasOwn(UNBOXED, type) ? (UNBOXED[type] ?? type) : type
}

export function isPrimitive(type: Type): boolean {
  return Object.hasOwn(BOXED, type)
}

/** Primitive numbers in the order in which they widen; `char` is a number, too. */
const WIDTH: Readonly<Record<string, number>> = { byte: 1, short: 2, char: 2, int: 3, long: 4, float: 5, double: 6 }

export function isNumeric(type: Type): boolean {
  return Object.hasOwn(WIDTH, type)
}

/** Whether a number of one type becomes the other without being asked to. */
export function widens(from: Type, to: Type): boolean {
  if (!isNumeric(from) || !isNumeric(to) || from === to) return false
  if (to === 'char') return false
  if (from === 'char') return (WIDTH[to] ?? 0) >= 3
  return (WIDTH[from] ?? 0) < (WIDTH[to] ?? 0)
}

export function elementType(type: Type): Type | undefined {
  return type.endsWith('[]') ? type.slice(0, -2) : undefined
}

/** The type in which an operation on numbers happens; `undefined` for what is no number. */
export function promoteNumbers(left: Type, right: Type, decimals = true): Type | undefined {
  if (left === 'def' || right === 'def') return 'def'
  if (decimals) {
    if (left === 'double' || right === 'double') return bothNumbers(left, right, 'double')
    if (left === 'float' || right === 'float') return bothNumbers(left, right, 'float')
  } else if (left === 'double' || right === 'double' || left === 'float' || right === 'float') return undefined
  if (left === 'long' || right === 'long') return bothNumbers(left, right, 'long')
  return bothNumbers(left, right, 'int')
}

function bothNumbers(left: Type, right: Type, result: Type): Type | undefined {
  return isNumeric(left) && isNumeric(right) ? result : undefined
}

/** What a variable of the type holds before it is set. */
export function defaultOf(type: Type): unknown {
  if (type === 'boolean') return false
  return isPrimitive(type) ? 0 : null
}
