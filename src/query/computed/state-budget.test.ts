import { expect, test } from 'vitest'
import { charge, openBudget } from '../../script/painless/budget.ts'
import { StateBudget } from './state-budget.ts'

/** A script that took so much. */
function run(bytes: number): void {
  openBudget(0)
  charge(bytes)
}

test('what scripts throw away does not count', () => {
  const budget = new StateBudget(10_000)
  budget.keep(['short'])
  const runOften = (): void => {
    for (let i = 0; i < 100; i++) {
      run(5000)
      budget.spend()
    }
  }
  expect(runOften).not.toThrow()
})

test('what they keep does, until something else takes its place', () => {
  const budget = new StateBudget(10_000)
  const replace = budget.keep({ list: Array.from({ length: 100 }, (_, i) => `a value that is kept ${i}`) })
  run(9000)
  budget.spend()
  run(9000)
  expect(() => budget.spend()).toThrow('keep more than [5000] bytes')
  replace('a sum')
  budget.spend()
})
