import { expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { testContext } from '../test-context.ts'
import { ruby } from './ruby.ts'

const code = `event["n"] = event["[a][b]"] + 1`

async function run(
  options: object,
  lenient: boolean,
): Promise<{ readonly fields: object; readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const context = { ...testContext(), lenient, warn: (name: string) => void warnings.push(name) }
  const filter = ruby.create(ruby.config.parse(options), context)
  await filter.open?.()
  const event = createEvent({ a: { b: 1 } })
  if ('process' in filter) filter.process(event, { add: () => undefined, addMatched: () => undefined })
  return { fields: event.fields, warnings }
}

test('what older versions took is taken, when lenient', async () => {
  expect(await run({ code, init: 'require "resolv"' }, true)).toEqual({
    fields: { a: { b: 1 }, n: 2 },
    warnings: ['W-RUBY-REQUIRE', 'W-RUBY-EVENT', 'W-RUBY-EVENT'],
  })
  expect(await run({ code }, false)).toEqual({ fields: { a: { b: 1 }, tags: ['_rubyexception'] }, warnings: [] })
  await expect(run({ code, init: 'require "resolv"' }, false)).rejects.toThrow('cannot load such file -- resolv')
})
