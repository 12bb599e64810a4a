import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEvent, type Fields } from '../../core/event.ts'
import type { Emitter } from '../plugin.ts'
import { testContext } from '../test-context.ts'
import { validate } from './validate.ts'

const emitter: Emitter = { add: () => undefined, addMatched: () => undefined }

async function run(config: Record<string, unknown>, events: readonly Fields[]): Promise<unknown[]> {
  const filter = validate.create(validate.config.parse({ target: 'errors', ...config }), testContext())
  await filter.open?.()
  return events.map((fields) => {
    const event = createEvent(fields)
    if ('process' in filter) filter.process(event, emitter)
    return event.fields['errors']
  })
}

test('a machine cannot run without having been started, each by itself', async () => {
  const state = (id: string, now: string): Fields => ({ device: { id }, state: now })
  const transitions = { state: { off: ['starting'], starting: ['running', 'off'], running: ['off'] } }
  expect(
    await run({ transitions }, [
      state('a', 'off'),
      state('b', 'running'),
      state('a', 'running'),
      state('a', 'off'),
      state('a', 'off'),
      state('b', 'starting'),
    ]),
  ).toEqual([
    undefined,
    undefined,
    ['[state] went from off to running: expected starting'],
    undefined,
    undefined,
    ['[state] went from running to starting: expected off'],
  ])
})

test('a value that leaps is told', async () => {
  const reading = (t: number): Fields => ({ device: { id: 'a' }, t })
  expect(await run({ max_step: { t: 5 } }, [reading(20), reading(24), reading(80)])).toEqual([
    undefined,
    undefined,
    ['[t] went from 24 to 80: expected a step of at most 5'],
  ])
})

test('a JSON Schema of the whole event', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'schema-'))
  const file = join(folder, 'reading.json')
  await writeFile(
    file,
    JSON.stringify({
      type: 'object',
      required: ['t'],
      properties: { t: { type: 'number', maximum: 100 }, at: { type: 'object' } },
    }),
  )
  expect(await run({ schema_path: file }, [{ t: 1 }, { t: 200, at: 'x' }, {}])).toEqual([
    undefined,
    ['[t] must be <= 100', '[at] must be object'],
    ["must have required property 't'"],
  ])
  await writeFile(file, '{"type": 5}')
  await expect(run({ schema_path: file }, [])).rejects.toThrow(/is no JSON Schema/)
  await rm(folder, { recursive: true })
})
