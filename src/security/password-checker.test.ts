import { expect, test } from 'vitest'
import { hashPassword } from './password.ts'
import { PasswordChecker } from './password-checker.ts'

const clock = { now: () => 0 }

test('a fleet that signs in at once with one password is checked once; other passwords wait, and some are sent away', async () => {
  const checker = new PasswordChecker(clock)
  const stored = await hashPassword('right-password', { N: 1024, r: 8, p: 1 })
  const fleet = Array.from({ length: 1000 }, () => checker.check('fleet', 'right-password', stored))
  expect(new Set(await Promise.all(fleet))).toEqual(new Set([true]))
  const guesses = Array.from({ length: 100 }, (_, n) => checker.check('fleet', `guess-${n}`, stored))
  const outcomes = await Promise.allSettled(guesses)
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBe(34)
  expect(outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value)).toBe(false)
  expect(checker.isRemembered('fleet', 'right-password', stored)).toBe(true)
}, 60_000)
