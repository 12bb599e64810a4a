import { expect, test } from 'vitest'
import { interpolatedQuantile } from './quantile.ts'
import { SAMPLED_QUANTILES, SampledQuantiles, type ValueSample } from './value-sample.ts'

const whole = (...values: number[]): ValueSample => ({ values, count: values.length })

test('whole sets answer as all their values do', () => {
  const sets = [whole(150, 200), whole(10, 50), whole(), whole(175)]
  const all = Float64Array.from([10, 50, 150, 175, 200])
  const quantiles = new SampledQuantiles(sets)
  for (const level of [0, 0.01, 0.3, 0.5, 0.77, 1]) expect(quantiles.at(level)).toBeCloseTo(interpolatedQuantile(all, level), 9)
})

test('a large set weighs more than a small one', () => {
  const large: ValueSample = { values: SAMPLED_QUANTILES.map((level) => level * 100), count: 1_000_000 }
  expect(new SampledQuantiles([large, whole(1e6, 1e6)]).at(0.5)).toBeCloseTo(50, 0)
})

test('nothing has no quantiles', () => {
  expect(new SampledQuantiles([whole()]).at(0.5)).toBeUndefined()
})

test('values that count as often as they came, and how many lie below one', () => {
  const quantiles = new SampledQuantiles([{ values: [0.1, 0.5, 1, 2, 4, 10], weights: [1, 4, 5, 4, 5, 1], count: 20 }])
  expect(quantiles.at(0.9)).toBeCloseTo(7, 9)
  expect([0, 0.1, 7, 10, 11].map((value) => quantiles.rankOf(value))).toEqual([0, 2.5, 90, 100, 100])
})
