import { charge } from '../budget.ts'
import { isInstance } from '../casts.ts'
import type { Expression, UnaryOperator } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import { isPrimitive, promoteNumbers, STRING, unboxedType, boxedType, type Type } from '../types.ts'
import { negate, not, plus } from '../values/def-math.ts'
import { EntryMap } from '../values/maps.ts'
import { MAX_LONG, negateLong, notLong, wrapLong, type Long } from '../values/long.ts'
import { Pattern } from '../values/pattern.ts'
import { compileAssign, compileStep } from './assignments.ts'
import { compileBinary } from './binary.ts'
import { asDef, cast, constant, resolveType, type Compiling } from './compiling.ts'
import { AT, type Eval, type Typed } from './frame.ts'
import {
  compileArray,
  compileCall,
  compileElement,
  compileLocalCall,
  compileMember,
  compileNew,
  compileNewArray,
} from './members.ts'
import type { Scope } from './scope.ts'

/** Compiles an expression whose value is used. @throws CompileError */
export function compileExpression(compiling: Compiling, node: Expression, scope: Scope): Typed {
  switch (node.kind) {
    case 'null':
      return {
        type: 'java.lang.Object',
        offset: node.offset,
        eval: () => null,
        isNull: true,
        describes: 'null constant not used',
      }
    case 'boolean':
      return described(constant('boolean', node.value, node.offset), `boolean constant [${node.value}] not used`)
    case 'string':
      return described(constant(STRING, node.value, node.offset), `string constant [${node.value}] not used`)
    case 'number':
      return described(compileNumber(node), `numeric constant [${node.text}] not used`)
    case 'decimal':
      return described(compileDecimal(node), `decimal constant [${node.text}] not used`)
    case 'regex':
      return compileRegex(node)
    case 'list':
      return compileList(compiling, node.items, scope, node.offset)
    case 'map':
      return compileMap(compiling, node.entries, scope, node.offset)
    case 'name':
      return compileName(compiling, node.name, scope, node.offset)
    case 'unary':
      return compileUnary(compiling, node.operator, compileExpression(compiling, node.operand, scope), node.offset)
    case 'binary': {
      const left = compileExpression(compiling, node.left, scope)
      return compileBinary(compiling, node.operator, left, compileExpression(compiling, node.right, scope), node.offset)
    }
    case 'instanceof':
      return compileInstanceof(compiling, node, scope)
    case 'elvis':
      return compileElvis(compiling, node, scope)
    case 'conditional':
      return compileConditional(compiling, node, scope)
    case 'cast': {
      const type = resolveType(compiling, node.type, node.offset)
      const value = compileExpression(compiling, node.value, scope)
      const made = { ...cast(compiling, value, type, { explicit: true }), offset: node.offset }
      return described(made, `result not used from explicit cast with target type [${node.type}]`)
    }
    case 'assign':
      return compileAssign(compiling, node, scope)
    case 'step':
      return compileStep(compiling, node, scope)
    case 'member':
      return compileMember(compiling, node, scope)
    case 'element':
      return compileElement(compiling, node, scope)
    case 'call':
      return compileCall(compiling, node, scope)
    case 'local call':
      return compileLocalCall(compiling, node, scope)
    case 'new':
      return compileNew(compiling, node, scope)
    case 'new array':
      return described(compileNewArray(compiling, node, scope), 'result not used from new array')
    case 'array':
      return described(compileArray(compiling, node, scope), 'result not used from new array')
    default:
      return never(node)
  }
}

function never(node: never): never {
  throw new Error(`unexpected node ${JSON.stringify(node)}`)
}

const described = (typed: Typed, describes: string): Typed => ({ ...typed, describes })

// --- literals ---

function compileNumber(node: Extract<Expression, { kind: 'number' }>): Typed {
  const isLong = /[lL]$/.test(node.text)
  const digits = isLong ? node.text.slice(0, -1) : node.text
  const prefix = node.radix === 16 ? '0x' : node.radix === 8 ? '0o' : ''
  const size = BigInt(prefix + digits)
  const value = node.negative ? -size : size
  // As Java reads them: hexadecimal and octal texts are the bits.
  const bits = isLong ? 64 : 32
  const fits = node.radix === 10 ? value === BigInt.asIntN(bits, value) : size === BigInt.asUintN(bits, size)
  if (isLong) {
    if (!fits) throw new CompileError(`Invalid long constant [${node.negative ? '-' : ''}${digits}].`, node.offset)
    return constant('long', wrapLong(value), node.offset)
  }
  if (fits) return constant('int', Number(BigInt.asIntN(32, value)), node.offset)
  const shown = `${node.negative ? '-' : ''}${digits}`
  const hint = size <= MAX_LONG ? ` If you want a long constant then change it to [${shown}L].` : ''
  throw new CompileError(`Invalid int constant [${shown}].${hint}`, node.offset)
}

function compileDecimal(node: Extract<Expression, { kind: 'decimal' }>): Typed {
  const isFloat = /[fF]$/.test(node.text)
  const size = Number(node.text.replace(/[fFdD]$/, ''))
  const value = node.negative ? -size : size
  return isFloat ? constant('float', Math.fround(value), node.offset) : constant('double', value, node.offset)
}

function compileRegex(node: Extract<Expression, { kind: 'regex' }>): Typed {
  const describes = `regex constant [${node.pattern}] with flags [${node.flags}] not used`
  try {
    const pattern = Pattern.compile(node.pattern, node.flags)
    return { type: 'java.util.regex.Pattern', offset: node.offset, eval: () => pattern, describes }
  } catch (error) {
    throw new CompileError(
      `Error compiling regex: ${error instanceof Error ? error.message : String(error)}`,
      node.offset,
      'illegal_argument_exception',
      'pattern_syntax_exception',
    )
  }
}

function compileList(compiling: Compiling, items: readonly Expression[], scope: Scope, offset: number): Typed {
  const evals = items.map((item) => asDef(compiling, compileExpression(compiling, item, scope)))
  const bytes = 16 * (1 + evals.length)
  return {
    type: 'java.util.ArrayList',
    offset,
    eval(frame) {
      charge(bytes)
      return evals.map((item) => item(frame))
    },
    describes: 'result not used from list initializer',
  }
}

function compileMap(
  compiling: Compiling,
  entries: readonly (readonly [Expression, Expression])[],
  scope: Scope,
  offset: number,
): Typed {
  const evals = entries.map(
    ([key, value]) =>
      [
        asDef(compiling, compileExpression(compiling, key, scope)),
        asDef(compiling, compileExpression(compiling, value, scope)),
      ] as const,
  )
  return {
    type: 'java.util.HashMap',
    offset,
    eval(frame) {
      const map = new EntryMap()
      for (const [key, value] of evals) map.put(key(frame), value(frame))
      return map
    },
    describes: 'result not used from map initializer',
  }
}

// --- names ---

function compileName(compiling: Compiling, name: string, scope: Scope, offset: number): Typed {
  const variable = scope.find(name)
  if (variable) {
    const { slot, type } = variable
    return { type, offset, eval: (frame) => frame[slot], describes: `variable [${name}] not used` }
  }
  const type = compiling.lookup.resolve(name)
  if (type !== undefined) throw new CompileError(`value required: instead found unexpected type [${type}]`, offset)
  throw new CompileError(`cannot resolve symbol [${name}]`, offset)
}

// --- operators ---

function compileUnary(compiling: Compiling, operator: UnaryOperator, operand: Typed, offset: number): Typed {
  const name = { '!': 'boolean not', '~': 'bitwise not', '+': 'addition', '-': 'subtraction' }[operator]
  const describes = `result not used from ${name} operation [${operator}]`
  if (operator === '!') {
    const value = cast(compiling, operand, 'boolean')
    const run: Eval = (frame) => value.eval(frame) === false
    const folded = value.constant === undefined ? {} : { constant: { value: value.constant.value === false } }
    return { type: 'boolean', offset, eval: run, describes, ...folded }
  }
  if (operand.type === 'def') {
    const apply = { '~': not, '+': plus, '-': negate }[operator]
    const { eval: value } = operand
    const run: Eval = (frame) => {
      const one = value(frame)
      frame[AT] = offset
      return apply(one)
    }
    return { type: 'def', offset, eval: run, describes }
  }
  const type = promoteNumbers(operand.type, operand.type, operator !== '~')
  if (type === undefined) {
    throw new CompileError(
      `cannot apply the ${name} operator [${operator}] to the type [${operand.type}]`,
      offset,
      'class_cast_exception',
    )
  }
  const value = cast(compiling, operand, type)
  const run = primitiveUnary(operator, type, value.eval)
  if (value.constant === undefined) return { type, offset, eval: run, describes }
  const known = run([])
  return { type, offset, eval: () => known, constant: { value: known }, describes }
}

function primitiveUnary(operator: '~' | '+' | '-', type: Type, value: Eval): Eval {
  if (operator === '+') return value
  if (type === 'long') {
    const apply = operator === '-' ? negateLong : notLong
    return (frame) => apply(value(frame) as Long)
  }
  const number = value as (frame: unknown[]) => number
  if (operator === '~') return (frame) => ~number(frame)
  return type === 'int' ? (frame) => (0 - number(frame)) | 0 : (frame) => -number(frame)
}

function compileInstanceof(compiling: Compiling, node: Extract<Expression, { kind: 'instanceof' }>, scope: Scope): Typed {
  const type = resolveType(compiling, node.type, node.offset)
  const { eval: value, type: from } = compileExpression(compiling, node.value, scope)
  const describes = `result not used from instanceof with target type [${node.type}]`
  const shared = { type: 'boolean', offset: node.offset, describes }
  if (type === 'def') return { ...shared, eval: (frame) => (value(frame), true) }
  if (isPrimitive(from)) {
    const holds = compiling.lookup.isAssignable(boxedType(from), boxedType(type))
    return { ...shared, eval: () => holds }
  }
  const { lookup } = compiling
  return { ...shared, eval: (frame) => isInstance(lookup, value(frame), boxedType(type)) }
}

function compileElvis(compiling: Compiling, node: Extract<Expression, { kind: 'elvis' }>, scope: Scope): Typed {
  const left = compileExpression(compiling, node.left, scope)
  const problem =
    left.isNull === true
      ? 'LHS is null.'
      : left.constant !== undefined
        ? 'LHS is a constant.'
        : isPrimitive(left.type)
          ? 'LHS is a primitive.'
          : undefined
  if (problem !== undefined) throw new CompileError(`Extraneous elvis operator. ${problem}`, node.offset)
  const right = compileExpression(compiling, node.right, scope)
  if (right.isNull === true) throw new CompileError('Extraneous elvis operator. RHS is null.', node.offset)
  const type = meetingType(compiling, left, right)
  const l = cast(compiling, left, type).eval
  const r = cast(compiling, right, type).eval
  const describes = 'result not used from elvis operation [?:]'
  return { type, offset: node.offset, eval: (frame) => l(frame) ?? r(frame), describes }
}

function compileConditional(compiling: Compiling, node: Extract<Expression, { kind: 'conditional' }>, scope: Scope): Typed {
  const condition = cast(compiling, compileExpression(compiling, node.condition, scope), 'boolean').eval
  const then = compileExpression(compiling, node.whenTrue, scope)
  const otherwise = compileExpression(compiling, node.otherwise, scope)
  const type = meetingType(compiling, then, otherwise)
  const a = cast(compiling, then, type).eval
  const b = cast(compiling, otherwise, type).eval
  const describes = 'result not used from conditional operation [?:]'
  return { type, offset: node.offset, eval: (frame) => (condition(frame) === true ? a(frame) : b(frame)), describes }
}

/** What two branches have in common. */
function meetingType(compiling: Compiling, a: Typed, b: Typed): Type {
  if (a.type === b.type) return a.type
  if (a.isNull === true) return isPrimitive(b.type) ? 'def' : b.type
  if (b.isNull === true) return isPrimitive(a.type) ? 'def' : a.type
  if (a.type === 'def' || b.type === 'def') return 'def'
  // A number and something else become a `def`, where Painless asks for a cast.
  if (isPrimitive(a.type) || isPrimitive(b.type)) return promoteNumbers(unboxedType(a.type), unboxedType(b.type)) ?? 'def'
  if (compiling.lookup.isAssignable(a.type, b.type)) return b.type
  if (compiling.lookup.isAssignable(b.type, a.type)) return a.type
  return 'java.lang.Object'
}
