import { unreachable } from '../../../../core/errors.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'

/**
 * A test of documents, and its exact opposite: a document without a value fails most tests and passes their opposites,
 * which SQL's `NOT` gets wrong (`NOT NULL` is no match). So opposites are built along with the tests, from the leaves up.
 */
export type Condition = typeof ALWAYS | typeof NEVER | Test

export interface Test {
  readonly kind: 'test'
  /** True where the condition holds; false or NULL elsewhere. */
  readonly is: Sql
  /** True where it does not hold; false or NULL elsewhere. */
  readonly isNot: Sql
  /**
   * Calls in it that the text index answers; see `announced`.
   */
  readonly indexCalls: readonly IndexCall[]
}

export interface IndexCall {
  readonly call: Sql
  /** True where the call is not: also for documents without a value, for which it is NULL. */
  readonly isNot: Sql
}

export const ALWAYS = { kind: 'always' } as const
export const NEVER = { kind: 'never' } as const

interface LeafOptions {
  /** Whether the test is NULL for some documents, those without a value. */
  readonly nullable: boolean
  readonly indexCalls?: readonly IndexCall[]
}

export function leaf(is: Sql, { nullable, indexCalls = [] }: LeafOptions): Condition {
  return { kind: 'test', is, isNot: nullable ? sql`NOT ifNull(${is}, 0)` : sql`NOT (${is})`, indexCalls }
}

export function not(condition: Condition): Condition {
  switch (condition.kind) {
    case 'always':
      return NEVER
    case 'never':
      return ALWAYS
    case 'test':
      return { kind: 'test', is: condition.isNot, isNot: condition.is, indexCalls: condition.indexCalls }
    default:
      return unreachable(condition)
  }
}

export function and(conditions: readonly Condition[]): Condition {
  const tests: Test[] = []
  for (const condition of conditions) {
    if (condition.kind === 'never') return NEVER
    if (condition.kind === 'test') tests.push(condition)
  }
  return join(tests, 'AND', 'OR') ?? ALWAYS
}

export function or(conditions: readonly Condition[]): Condition {
  const tests: Test[] = []
  for (const condition of conditions) {
    if (condition.kind === 'always') return ALWAYS
    if (condition.kind === 'test') tests.push(condition)
  }
  return join(tests, 'OR', 'AND') ?? NEVER
}

function join(tests: readonly Test[], operator: 'AND' | 'OR', opposite: 'AND' | 'OR'): Condition | undefined {
  const [first] = tests
  if (tests.length < 2) return first
  return {
    kind: 'test',
    is: sql`(${joinSql(
      tests.map((test) => test.is),
      ` ${operator} `,
    )})`,
    isNot: sql`(${joinSql(
      tests.map((test) => test.isNot),
      ` ${opposite} `,
    )})`,
    indexCalls: tests.flatMap((test) => test.indexCalls),
  }
}

/** At least `minimum` of the conditions hold. */
export function atLeast(minimum: number, conditions: readonly Condition[]): Condition {
  const tests = conditions.filter((condition) => condition.kind === 'test')
  const needed = minimum - conditions.filter((condition) => condition.kind === 'always').length
  if (needed <= 0) return ALWAYS
  if (needed > tests.length) return NEVER
  if (needed === 1) return or(tests)
  if (needed === tests.length) return and(tests)
  const count = joinSql(tests.map(flag), ' + ')
  const some = or(tests)
  if (some.kind !== 'test') return some
  // `some` follows from the count, and lets the text index answer the calls inside of it.
  return {
    kind: 'test',
    is: sql`(${some.is} AND ${count} >= ${needed})`,
    isNot: sql`(${some.isNot} OR ${count} < ${needed})`,
    indexCalls: some.indexCalls,
  }
}

/** 1 or 0, never NULL. */
export function flag(condition: Condition): Sql {
  switch (condition.kind) {
    case 'always':
      return sql`1`
    case 'never':
      return sql`0`
    case 'test':
      return sql`ifNull(${condition.is}, 0)`
    default:
      return unreachable(condition)
  }
}

/** `WHERE …` for a condition, empty where it always holds; `extra` as `announced` makes it. */
export function where(condition: Condition, extra: Condition = ALWAYS): Sql {
  const both = announces(condition, extra) ? condition : and([condition, extra])
  switch (both.kind) {
    case 'always':
      return sql``
    case 'never':
      return sql`WHERE 0`
    case 'test':
      return sql`WHERE ${both.is}`
    default:
      return unreachable(both)
  }
}

/**
 * Always true, to be put into `WHERE` next to conditions that a statement uses elsewhere (`countIf`, a score, a key).
 * The engine answers a call from the text index only where it finds the same call in `WHERE`; otherwise it reads and
 * splits the whole column: 470 ms instead of 9 for one word over 2 M documents.
 */
export function announced(conditions: readonly Condition[]): Condition {
  const calls = new Map<string, IndexCall>()
  for (const condition of conditions) {
    if (condition.kind === 'test') for (const one of condition.indexCalls) calls.set(one.call.text, one)
  }
  const list = [...calls.values()]
  const [first] = list
  if (first === undefined) return ALWAYS
  const always = sql`(${joinSql(
    list.map(({ call }) => call),
    ' OR ',
  )} OR ${first.isNot})`
  return { kind: 'test', is: always, isNot: sql`0`, indexCalls: list }
}

/** Whether all calls that are to be announced stand in the condition itself. */
function announces(condition: Condition, extra: Condition): boolean {
  if (condition.kind !== 'test' || extra.kind !== 'test') return false
  const calls = new Set(condition.indexCalls.map(({ call }) => call.text))
  return extra.indexCalls.length > 0 && extra.indexCalls.every(({ call }) => calls.has(call.text))
}
