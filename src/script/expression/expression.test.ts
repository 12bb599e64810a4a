import { describe, expect, test } from 'vitest'
import { ElkhornError } from '../../core/errors.ts'
import { bucketScriptContext, bucketSelectorContext } from '../painless/contexts/buckets.ts'
import { scriptsForTests } from '../../query/testing/scripts-for-tests.ts'

const scripts = scriptsForTests()

const VALUES = new Map([
  ['count', 7],
  ['rate', 0.5],
])

const script = (source: string) => ({ source, lang: 'expression', params: { factor: 3 } })
const answer = (source: string): number | undefined => scripts.compile(script(source), bucketScriptContext)(VALUES)

describe('expressions', () => {
  test.each([
    ['count * 1', 7],
    ['count / 2', 3.5],
    ['count + factor * 2', 13],
    ['(count + factor) * 2', 20],
    ['-count % 4', -3],
    ['10 - 4 - 3', 3],
    ['2 * -rate', -1],
    ['1e3 + .5 + 5.', 1005.5],
    ['0x1F + 010', 39],
    ['count > 5 ? 1 : 2', 1],
    ['count > 5 && rate > 1 ? 1 : 2', 2],
    ['count > 5 || rate > 1', 1],
    ['!count', 0],
    ['!0 + !5', 1],
    ['count == 7 ? rate < 1 ? 10 : 20 : 30', 10],
    ['5 & 6 | 8 ^ 1', 13],
    ['~5', -6],
    ['1 << 3 + 1', 16],
    ['-16 >> 2', -4],
    ['-1 >>> 60', 15],
    ['max(abs(-3), sqrt(4)) + pow(2, 3)', 11],
    ['logn(2, 8)', 3],
    ['ln(exp(2))', 2],
    ['factor != 3', 0],
  ])('%s is %d', (source, want) => {
    expect(answer(source)).toBeCloseTo(want, 12)
  })

  test('as conditions, anything but 0 holds', () => {
    const keeps = (source: string) => scripts.compile(script(source), bucketSelectorContext)(VALUES)
    expect([keeps('count - 7'), keeps('count - 6'), keeps('count > 6')]).toEqual([false, true, true])
  })

  test.each([
    ['count +', 'Unexpected end of expression', 7],
    ['count ** 2', 'Unexpected token [*]', 7],
    ['count # 2', 'Unexpected character [#]', 6],
    ['median(count)', 'Unrecognized function call (median) with arity (1)', 0],
    ['abs(1, 2)', 'Unrecognized function call (abs) with arity (2)', 0],
    ["doc['a'].getRuntime()", 'Member variable [getRuntime()] does not exist for field [a] in expressions', 0],
    ["count['constructor']", 'Unexpected token [[]', 5],
    ['('.repeat(5000), 'expression is nested too deeply', 100],
  ])('%s is refused: %s', (source, reason, offset) => {
    const refused = (() => {
      try {
        return answer(source)
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(ElkhornError)
    expect(refused).toMatchObject({ type: 'script_exception', details: { lang: 'expression', position: { offset } } })
    expect((refused as ElkhornError & { causedBy: Error }).causedBy.message).toContain(reason)
  })
})
