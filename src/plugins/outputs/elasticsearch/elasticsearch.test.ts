import { expect, test } from 'vitest'
import { createEvent } from '../../../core/event.ts'
import type { StoreSetup } from '../../store-setup.ts'
import { pluginTables } from '../../tables.ts'
import { testContext } from '../../test-context.ts'
import { elasticsearchConfig } from './config.ts'
import { elasticsearch } from './elasticsearch.ts'

test.each([
  { name: 'at the start of the pipeline', starts: true },
  { name: 'by the first of many batches', starts: false },
])('the store is set up once, $name', async ({ starts }) => {
  const setUps: StoreSetup[] = []
  let written = 0
  const context = testContext()
  const codec = pluginTables.codecs.find(({ name }) => name === 'plain')
  if (codec === undefined) throw new Error('there is no codec plain')
  const output = elasticsearch.create(elasticsearchConfig.parse({ hosts: ['elasticsearch'], ilm_rollover_alias: 'line' }), {
    ...context,
    hosts: { isStore: () => true, isBroker: () => false },
    codec: codec.create(codec.config.parse({}), context),
    signal: new AbortController().signal,
    deadLetter: () => Promise.resolve(),
    platform: {
      ...context.platform,
      async setUpStore(setup) {
        setUps.push(setup)
        await new Promise(setImmediate)
        return []
      },
      write(operations) {
        written += operations.length
        const outcome = { result: 'created', index: 'line', id: '1', version: 1, seqNo: 0, primaryTerm: 1 } as const
        return Promise.resolve(operations.map(() => outcome))
      },
    },
  })
  if (starts) await output.start?.()
  await expect.poll(() => setUps.length).toBe(starts ? 1 : 0)
  await Promise.all([1, 2, 3, 4].map((n) => output.write([createEvent({ n })])))
  await output.close?.()
  expect({ setUps: setUps.map(({ rollover }) => rollover?.alias), written }).toEqual({ setUps: ['line'], written: 4 })
})
