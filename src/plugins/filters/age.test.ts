import { expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { EXAMPLE_NOW, testContext } from '../test-context.ts'
import { age } from './age.ts'

test('an event of a minute and a half ago', () => {
  const filter = age.create(age.config.parse({}), testContext())
  const event = createEvent({ '@timestamp': new Timestamp(EXAMPLE_NOW - 90_000) })
  if ('process' in filter) filter.process(event, { add: () => undefined, addMatched: () => undefined })
  expect(event.metadata).toEqual({ age: float(90) })
})
