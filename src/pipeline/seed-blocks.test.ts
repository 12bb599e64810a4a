import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedPath } from '../../test/shared.ts'
import { createEvent, type Event, type Fields } from '../core/event.ts'
import { printFields } from '../core/event-json.ts'
import { Timestamp } from '../core/timestamp.ts'
import { openTestChain } from './test-chain.ts'

const AT = new Timestamp(Date.UTC(2024, 4, 1, 10))

/** Filters of the documents that asked for this system, as they stand there; what must be seen is in the blocks' index. */
describe.skipIf(sharedPath('seeds/blocks') === undefined)('filters of the seed documents', () => {
  /** Runs events through the filters of a block, one batch each, and then what waits. */
  async function run(block: string, events: readonly Fields[], lenient = true): Promise<unknown[]> {
    const chain = await openTestChain(readFileSync(sharedPath(`seeds/blocks/${block}`) ?? '', 'utf8'), { lenient })
    const out: Event[] = []
    for (const fields of events) out.push(...(await chain.run([createEvent({ '@timestamp': AT, ...fields })])))
    out.push(...(await chain.flush('all')))
    await chain.close()
    return out.map(({ fields }) => JSON.parse(printFields(fields)) as unknown)
  }

  test('0-07: one unit for all temperatures, and what it feels like', async () => {
    const [event] = await run('0-07-normalize-filter.conf', [{ temperature: '212', temperature_unit: 'F', humidity: '50' }])
    expect(event).toMatchObject({ temperature: 100, temperature_unit: 'C' })
    expect((event as { heat_index: number }).heat_index).toBeCloseTo(102.05, 2)
  })

  test('0-09: ten readings become one event with their statistics; those that wait are pushed at the end', async () => {
    const readings = (count: number, id: string): Fields[] =>
      Array.from({ length: count }, (_, i) => ({ device: { id }, temperature: 20 + i }))
    expect(await run('0-09-aggregate.conf', readings(10, 'a'))).toMatchObject([
      { temperature_min: 20, temperature_max: 29, reading_count: 10 },
    ])
    expect(await run('0-09-aggregate.conf', readings(3, 'b'))).toMatchObject([
      { reading_count: 3, temperature_readings: [20, 21, 22], tags: ['aggregation_timeout'] },
    ])
  })

  test('0-09, strictly: a time minus nil raises, as in Ruby', async () => {
    const [first] = await run('0-09-aggregate.conf', [{ device: { id: 'a' }, temperature: 20 }], false)
    expect(first).toMatchObject({ tags: ['_aggregateexception'] })
  })

  test('3-09: lines of an application', async () => {
    const [event] = await run('3-09-grok.conf', [{ message: 'ERROR|apps.parcels.views|2024-05-01T10:00:00.123|boom' }])
    expect(event).toMatchObject({
      log_level: 'ERROR',
      logger_name: 'apps.parcels.views',
      log_timestamp: '2024-05-01T10:00:00',
      log_ms: '123',
      log_message: 'boom',
    })
  })

  test('3-11: the time that the line says', async () => {
    const [event] = await run('3-11-timestamp.conf', [{ log_timestamp: '2024-05-01T09:00:00', tags: [] }])
    expect(event).toMatchObject({ '@timestamp': '2024-05-01T09:00:00.000Z' })
  })
})
