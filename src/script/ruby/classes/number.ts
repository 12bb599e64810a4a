import { Float, float } from '../../../core/float.ts'
import { ArgumentError, raise, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import {
  add,
  divide,
  integer,
  modulo,
  multiply,
  power,
  roundFloat,
  roundInteger,
  roundWith,
  subtract,
  toFloat,
  toIndex,
  whole,
} from '../numbers.ts'
import { classOf, compare, equal, inspect, isFloat, isInteger, isNumber, order, toNumber } from '../semantics.ts'
import type { RProc } from '../value.ts'
import { REnumerator, RSymbol, type Value } from '../value.ts'
import { aliases, def, table, text } from './method.ts'

type Whole = number | bigint
type Real = number | bigint | Float

/** The `half:` of `round`: up (away from zero), even or down. */
function halfMode(machine: Machine, options: Value | undefined): string {
  if (options === undefined || options === null) return 'up'
  const half = machine.send(options, '[]', [new RSymbol('half')])
  return half instanceof RSymbol ? half.name : 'up'
}

function roundHalf(value: number, digits: number, mode: string): number {
  if (mode === 'up') return roundFloat(value, digits)
  const scale = 10 ** digits
  const scaled = value * scale
  const down = Math.floor(scaled)
  if (scaled - down !== 0.5) return roundFloat(value, digits)
  if (mode === 'even') return (down % 2 === 0 ? down : down + 1) / scale
  return (value > 0 ? down : down + 1) / scale
}

const times = (machine: Machine, from: Whole, to: Whole, step: 1 | -1, block: RProc, self: Value): Value => {
  const ahead = (n: Whole): boolean => (step > 0 ? n <= to : n >= to)
  for (let n = from; ahead(n); n = typeof n === 'bigint' ? integer(n + BigInt(step)) : n + step) {
    machine.step()
    block.call([n])
  }
  return self
}

function listed(machine: Machine, from: Whole, to: Whole, step: 1 | -1): Value[] {
  const count = Math.max(0, (Number(to) - Number(from)) * step + 1)
  machine.allocateElements(count)
  return Array.from({ length: count }, (_, i) => Number(from) + i * step)
}

const shared = {
  '+': def<Real>(1, 1, (_m, self, [other = null]) => add(self, other)),
  '-': def<Real>(1, 1, (_m, self, [other = null]) => subtract(self, other)),
  '*': def<Real>(1, 1, (_m, self, [other = null]) => multiply(self, other)),
  '/': def<Real>(1, 1, (_m, self, [other = null]) => divide(self, other)),
  '%': def<Real>(1, 1, (_m, self, [other = null]) => modulo(self, other)),
  '**': def<Real>(1, 1, (m, self, [other = null]) => power(m, self, other)),
  '+@': def<Real>(0, 0, (_m, self) => self),
  '-@': def<Real>(0, 0, (_m, self) => (self instanceof Float ? float(-self.value) : isInteger(self) ? subtract(0, self) : -self)),
  '==': def<Real>(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '<=>': def<Real>(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
  '<': def<Real>(1, 1, (_m, self, [other = null]) => order(self, other) < 0),
  '>': def<Real>(1, 1, (_m, self, [other = null]) => order(self, other) > 0),
  '<=': def<Real>(1, 1, (_m, self, [other = null]) => order(self, other) <= 0),
  '>=': def<Real>(1, 1, (_m, self, [other = null]) => order(self, other) >= 0),
  'between?': def<Real>(2, 2, (_m, self, [low = null, high = null]) => order(self, low) >= 0 && order(self, high) <= 0),
  to_f: def<Real>(0, 0, (_m, self) => float(toNumber(self))),
  fdiv: def<Real>(1, 1, (_m, self, [other = null]) => float(toNumber(self) / toFloat(other))),
  div: def<Real>(1, 1, (_m, self, [other = null]) => {
    if (isNumber(other) && toNumber(other) === 0) return divide(1, 0)
    const quotient = divide(self, other)
    return isNumber(quotient) && isFloat(quotient) ? whole(Math.floor(toNumber(quotient))) : quotient
  }),
  divmod: def<Real>(1, 1, (_m, self, [other = null]) => {
    const quotient = divide(self, other)
    return [isNumber(quotient) && isFloat(quotient) ? whole(Math.floor(toNumber(quotient))) : quotient, modulo(self, other)]
  }),
  modulo: def<Real>(1, 1, (_m, self, [other = null]) => modulo(self, other)),
  remainder: def<Real>(1, 1, (_m, self, [other = null]) => {
    const rest = modulo(self, other)
    if (!isNumber(rest) || !isNumber(other)) return rest
    return toNumber(rest) !== 0 && toNumber(self) < 0 !== toNumber(other) < 0 ? subtract(rest, other) : rest
  }),
  'zero?': def<Real>(0, 0, (_m, self) => toNumber(self) === 0),
  'positive?': def<Real>(0, 0, (_m, self) => toNumber(self) > 0),
  'negative?': def<Real>(0, 0, (_m, self) => toNumber(self) < 0),
  'nonzero?': def<Real>(0, 0, (_m, self) => (toNumber(self) === 0 ? null : self)),
  'integer?': def<Real>(0, 0, (_m, self) => isInteger(self)),
  'finite?': def<Real>(0, 0, (_m, self) => Number.isFinite(toNumber(self))),
  'infinite?': def<Real>(0, 0, (_m, self) => (Math.abs(toNumber(self)) === Infinity ? Math.sign(toNumber(self)) : null)),
  abs: def<Real>(0, 0, (_m, self) =>
    toNumber(self) < 0 || Object.is(toNumber(self), -0)
      ? isInteger(self)
        ? subtract(0, self)
        : float(Math.abs(toNumber(self)))
      : self,
  ),
  coerce: def<Real>(1, 1, (_m, self, [other = null]) =>
    isInteger(self) && isInteger(other) ? [other, self] : [float(toFloat(other)), float(toNumber(self))],
  ),
  clamp: def<Real>(1, 2, (m, self, [low = null, high]) => {
    const [least, most] = high === undefined ? [m.send(low, 'begin'), m.send(low, 'end')] : [low, high]
    if (least !== null && order(self, least) < 0) return least
    return most !== null && order(self, most) > 0 ? most : self
  }),
  step: def<Real>(0, 2, (m, self, [limit = null, size = 1], block) => {
    const by = isNumber(size) ? size : 1
    if (toNumber(by) === 0) raise(ArgumentError, "step can't be 0")
    const items: Value[] = []
    const reached = (n: Value): boolean => limit !== null && (toNumber(by) > 0 ? order(n, limit) > 0 : order(n, limit) < 0)
    let i = 0
    for (let n: Value = self; !reached(n);) {
      m.step()
      m.allocateElements(1)
      if (block === undefined) items.push(n)
      else block.call([n])
      i += 1
      n = isInteger(self) && isInteger(by) ? add(n as Real, by) : float(toNumber(self) + i * toNumber(by))
    }
    return block === undefined ? new REnumerator(self, 'step', () => items) : self
  }),
  dup: def<Real>(0, 0, (_m, self) => self),
  hash: def<Real>(0, 0, (_m, self) => Math.trunc(toNumber(self)) % 0x3fffffff || 0),
}

const integerOnly = {
  to_s: def<Whole>(0, 1, (_m, self, [base = 10]) => text(self.toString(radix(base)))),
  inspect: def<Whole>(0, 0, (_m, self) => text(String(self))),
  to_i: def<Whole>(0, 0, (_m, self) => self),
  chr: def<Whole>(0, 1, (_m, self) => {
    if (Number(self) < 0 || Number(self) > 0x10ffff) return raise(ArgumentError, `${self} out of char range`)
    return text(String.fromCodePoint(Number(self)))
  }),
  'even?': def<Whole>(0, 0, (_m, self) => BigInt(self) % 2n === 0n),
  'odd?': def<Whole>(0, 0, (_m, self) => BigInt(self) % 2n !== 0n),
  succ: def<Whole>(0, 0, (_m, self) => add(self, 1)),
  pred: def<Whole>(0, 0, (_m, self) => subtract(self, 1)),
  round: def<Whole>(0, 2, (_m, self, [digits = 0]) => roundInteger(self, isInteger(digits) ? Number(digits) : 0, 'round')),
  floor: def<Whole>(0, 1, (_m, self, [digits = 0]) => roundInteger(self, toIndex(digits), 'floor')),
  ceil: def<Whole>(0, 1, (_m, self, [digits = 0]) => roundInteger(self, toIndex(digits), 'ceil')),
  truncate: def<Whole>(0, 1, (_m, self, [digits = 0]) => roundInteger(self, toIndex(digits), 'truncate')),
  times: def<Whole>(0, 0, (m, self, _args, block) => {
    if (block === undefined) return new REnumerator(self, 'times', () => listed(m, 0, Number(self) - 1, 1))
    return times(m, 0, Number(self) - 1, 1, block, self)
  }),
  upto: def<Whole>(1, 1, (m, self, [to = null], block) => {
    const end = Math.floor(toFloat(to))
    return block === undefined
      ? new REnumerator(self, 'upto', () => listed(m, self, end, 1))
      : times(m, self, end, 1, block, self)
  }),
  downto: def<Whole>(1, 1, (m, self, [to = null], block) => {
    const end = Math.ceil(toFloat(to))
    return block === undefined
      ? new REnumerator(self, 'downto', () => listed(m, self, end, -1))
      : times(m, self, end, -1, block, self)
  }),
  '&': def<Whole>(1, 1, (_m, self, [other]) => integer(BigInt(self) & bits(other))),
  '|': def<Whole>(1, 1, (_m, self, [other]) => integer(BigInt(self) | bits(other))),
  '^': def<Whole>(1, 1, (_m, self, [other]) => integer(BigInt(self) ^ bits(other))),
  '~': def<Whole>(0, 0, (_m, self) => integer(~BigInt(self))),
  '<<': def<Whole>(1, 1, (m, self, [other = null]) => shift(m, self, toIndex(other))),
  '>>': def<Whole>(1, 1, (m, self, [other = null]) => shift(m, self, -toIndex(other))),
  '[]': def<Whole>(1, 1, (_m, self, [place = null]) => Number((BigInt(self) >> BigInt(Math.max(0, toIndex(place)))) & 1n)),
  gcd: def<Whole>(1, 1, (_m, self, [other]) => {
    let [a, b] = [bits(self), bits(other)]
    while (b !== 0n) [a, b] = [b, a % b]
    return integer(a < 0n ? -a : a)
  }),
  lcm: def<Whole>(1, 1, (_m, self, [other]) => {
    const [x, y] = [bits(self), bits(other)]
    let [a, b] = [x, y]
    while (b !== 0n) [a, b] = [b, a % b]
    const product = x * y
    return a === 0n ? 0 : integer((product < 0n ? -product : product) / (a < 0n ? -a : a))
  }),
  digits: def<Whole>(0, 1, (_m, self, [base = 10]) => {
    const radixValue = toIndex(base)
    if (Number(self) < 0 || radixValue < 2) return raise(ArgumentError, 'out of domain')
    const digits: Value[] = []
    for (let rest = BigInt(self); rest > 0n; rest /= BigInt(radixValue)) digits.push(Number(rest % BigInt(radixValue)))
    return digits.length === 0 ? [0] : digits
  }),
  bit_length: def<Whole>(
    0,
    0,
    (_m, self) => (Number(self) < 0 ? ~BigInt(self) : BigInt(self)).toString(2).replace(/^0$/, '').length,
  ),
  size: def<Whole>(0, 0, () => 8),
  pow: def<Whole>(1, 2, (m, self, [exponent = null, modulus]) => {
    if (modulus === undefined) return power(m, self, exponent)
    let [result, base, rest] = [1n, bits(self) % bits(modulus), bits(exponent)]
    for (; rest > 0n; rest >>= 1n) {
      m.step()
      if (rest & 1n) result = (result * base) % bits(modulus)
      base = (base * base) % bits(modulus)
    }
    return integer(result)
  }),
}

function radix(base: Value): number {
  const value = toIndex(base)
  return value >= 2 && value <= 36 ? value : raise(ArgumentError, `invalid radix ${value}`)
}

function bits(value: Value | undefined): bigint {
  if (value !== undefined && isInteger(value)) return BigInt(value)
  return raise(
    TypeErrorClass,
    `${value === undefined || value === null ? 'nil' : classOf(value).name} can't be coerced into Integer`,
  )
}

function shift(machine: Machine, self: Whole, by: number): Value {
  if (by > 1_000_000) raise(ArgumentError, 'shift width too big')
  machine.allocate(Math.max(0, by) / 16)
  return integer(by >= 0 ? BigInt(self) << BigInt(by) : BigInt(self) >> BigInt(Math.min(-by, 1_000_000)))
}

const floatOnly = {
  to_s: def<number | Float>(0, 0, (_m, self) => text(inspect(self))),
  inspect: def<number | Float>(0, 0, (_m, self) => text(inspect(self))),
  to_i: def<number | Float>(0, 0, (_m, self) => whole(Math.trunc(toNumber(self)))),
  'nan?': def<number | Float>(0, 0, (_m, self) => Number.isNaN(toNumber(self))),
  round: def<number | Float>(0, 2, (m, self, args) => {
    const digits = args[0] !== undefined && isNumber(args[0]) ? toIndex(args[0]) : 0
    const mode = halfMode(
      m,
      args.find((arg) => !isNumber(arg)),
    )
    const value = toNumber(self)
    if (digits > 0) return float(roundHalf(value, digits, mode))
    return digits === 0 ? whole(roundHalf(value, 0, mode)) : roundInteger(whole(Math.round(value)), digits, 'round')
  }),
  floor: def<number | Float>(0, 1, (_m, self, [digits = 0]) => toWhole(Math.floor, 'floor', self, toIndex(digits))),
  ceil: def<number | Float>(0, 1, (_m, self, [digits = 0]) => toWhole(Math.ceil, 'ceil', self, toIndex(digits))),
  truncate: def<number | Float>(0, 1, (_m, self, [digits = 0]) => toWhole(Math.trunc, 'truncate', self, toIndex(digits))),
}

function toWhole(
  how: (value: number) => number,
  name: 'floor' | 'ceil' | 'truncate',
  self: number | Float,
  digits: number,
): Value {
  const value = toNumber(self)
  if (digits > 0) return float(roundWith(how, value, digits))
  return digits === 0 ? whole(how(value)) : roundInteger(whole(how(value)), digits, name)
}

const sharedNames = aliases(shared, { '===': '==', magnitude: 'abs', quo: 'fdiv' })

export const integerMethods = table(
  shared,
  sharedNames,
  integerOnly,
  aliases(integerOnly, { to_int: 'to_i', next: 'succ', ord: 'to_i', numerator: 'to_i' }),
)
export const floatMethods = table(shared, sharedNames, floatOnly, aliases(floatOnly, { to_int: 'to_i' }))
