import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMemoryApi, type MemoryApi } from './support/memory-api.ts'

let api: MemoryApi
beforeEach(async () => {
  api = await startMemoryApi()
  await api.call('PUT', '/_index_template/t', {
    index_patterns: ['s*'],
    data_stream: {},
    template: { mappings: { properties: { level: { type: 'keyword' } } } },
  })
})
afterEach(() => api.stop())

const backing = async (stream: string): Promise<readonly string[]> => {
  const { json } = await api.call('GET', `/_data_stream/${stream}`)
  const [found] = (json as { data_streams: { indices: { index_name: string }[] }[] }).data_streams
  return (found?.indices ?? []).map(({ index_name }) => index_name)
}

describe('mappings and settings of a stream', () => {
  beforeEach(() => api.call('PUT', '/_data_stream/s1'))

  test('mappings come with the next backing index', async () => {
    const put = await api.call('PUT', '/_data_stream/s1/_mappings', { properties: { name: { type: 'keyword' } } })
    expect(put.json).toMatchObject({
      data_streams: [
        {
          name: 's1',
          applied_to_data_stream: true,
          mappings: { properties: { name: { type: 'keyword' } } },
          effective_mappings: { properties: { name: { type: 'keyword' }, level: { type: 'keyword' } } },
        },
      ],
    })
    await api.call('POST', '/s1/_rollover')
    const [first, second] = await backing('s1')
    const has = async (index: string | undefined): Promise<boolean> =>
      (await api.call('GET', `/${index}/_mapping`)).text.includes('"name"')
    expect([await has(first), await has(second)]).toEqual([false, true])
  })

  test('what does not go with the template is told and not kept', async () => {
    const { json } = await api.call('PUT', '/_data_stream/s1/_mappings', { properties: { '@timestamp': { type: 'keyword' } } })
    expect(json).toMatchObject({ data_streams: [{ applied_to_data_stream: false }] })
    expect((await api.call('GET', '/_data_stream/s1/_mappings')).json).toMatchObject({ data_streams: [{ mappings: {} }] })
  })

  test('dynamic settings also change the backing indices, others wait', async () => {
    const settings = { 'index.refresh_interval': '7s', number_of_shards: 2 }
    const { json } = await api.call('PUT', '/_data_stream/s1/_settings', settings)
    expect(json).toMatchObject({
      data_streams: [
        {
          settings: { index: { refresh_interval: '7s', number_of_shards: '2' } },
          index_settings_results: {
            applied_to_data_stream_only: ['index.number_of_shards'],
            applied_to_data_stream_and_backing_indices: ['index.refresh_interval'],
          },
        },
      ],
    })
    const [first] = await backing('s1')
    const { text } = await api.call('GET', `/${first}/_settings?flat_settings=true`)
    expect([text.includes('"index.refresh_interval":"7s"'), text.includes('"index.number_of_shards":"1"')]).toEqual([true, true])
  })

  test('a dry run keeps nothing', async () => {
    await api.call('PUT', '/_data_stream/s1/_settings?dry_run=true', { 'index.refresh_interval': '7s' })
    expect((await api.call('GET', '/_data_stream/s1/_settings')).json).toMatchObject({ data_streams: [{ settings: {} }] })
  })
})

describe('lifecycles', () => {
  beforeEach(() => api.call('PUT', '/_data_stream/s1'))

  test('are kept, told and taken away', async () => {
    await api.call('PUT', '/_data_stream/s1/_lifecycle', { data_retention: '7d' })
    expect((await api.call('GET', '/_data_stream/s1/_lifecycle')).json).toEqual({
      data_streams: [{ name: 's1', lifecycle: { enabled: true, data_retention: '7d' } }],
    })
    expect((await api.call('GET', '/_lifecycle/stats')).json).toMatchObject({ data_stream_count: 1 })
    const [first = ''] = await backing('s1')
    const explained = (await api.call('GET', '/s1/_lifecycle/explain')).json
    expect(explained['indices'][first]).toMatchObject({ managed_by_lifecycle: true, lifecycle: { data_retention: '7d' } })
    await api.call('DELETE', '/_data_stream/s1/_lifecycle')
    expect((await api.call('GET', '/_data_stream/s1/_lifecycle')).json).toEqual({ data_streams: [{ name: 's1' }] })
  })

  test.each([
    [{ data_retention: 'soon' }],
    [{ data_retentoin: '7d' }],
    [{ downsampling: [] }],
    [
      {
        downsampling: [
          { after: '1d', fixed_interval: '1h' },
          { after: '2d', fixed_interval: '1m' },
        ],
      },
    ],
  ])('%j is refused', async (body) => {
    expect(await api.call('PUT', '/_data_stream/s1/_lifecycle', body)).toMatchObject({ status: 400 })
  })

  test('of no stream are not found', async () => {
    expect(await api.call('PUT', '/_data_stream/nothing/_lifecycle', {})).toMatchObject({ status: 404 })
  })
})

describe('backing indices', () => {
  beforeEach(async () => {
    await api.call('PUT', '/a/_doc/1?refresh=true', { '@timestamp': '2026-01-01' })
    await api.call('PUT', '/b/_doc/1?refresh=true', { '@timestamp': '2026-01-02' })
    await api.call('PUT', '/c/_doc/1?refresh=true', { other: 1 })
    await api.call('POST', '/_aliases', {
      actions: [{ add: { index: 'a', alias: 's-old' } }, { add: { index: 'b', alias: 's-old', is_write_index: true } }],
    })
  })

  test('an alias becomes a stream; its write index is the last', async () => {
    expect((await api.call('POST', '/_data_stream/_migrate/s-old')).json).toEqual({ acknowledged: true })
    expect(await backing('s-old')).toEqual(['a', 'b'])
    expect((await api.call('GET', '/s-old/_count')).json).toMatchObject({ count: 2 })
    expect(await api.call('POST', '/s-old/_doc?refresh=true', { '@timestamp': '2026-01-03' })).toMatchObject({
      status: 201,
      json: { _index: 'b' },
    })
  })

  test('an index joins and leaves', async () => {
    await api.call('PUT', '/_data_stream/s1')
    await api.call('PUT', '/loose/_doc/1?refresh=true', { '@timestamp': '2026-01-01' })
    const modify = (kind: string, index: string) =>
      api.call('POST', '/_data_stream/_modify', { actions: [{ [kind]: { data_stream: 's1', index } }] })
    expect(await modify('add_backing_index', 'loose')).toMatchObject({ status: 200 })
    const [first, write = ''] = await backing('s1')
    expect(first).toBe('loose')
    expect(await modify('remove_backing_index', write)).toMatchObject({ status: 400 })
    expect(await modify('remove_backing_index', 'loose')).toMatchObject({ status: 200 })
    expect(await backing('s1')).toEqual([write])
    expect((await api.call('GET', '/loo*/_count')).json).toMatchObject({ count: 1 })
  })

  test.each([
    ['c', 'data stream timestamp field [@timestamp] is of type [object], but [date,date_nanos] is expected'],
    ['a', 'cannot add index [a] to data stream [s1] until its aliases [s-old] are removed'],
  ])('index %s cannot join', async (index, reason) => {
    await api.call('PUT', '/_data_stream/s1')
    const actions = [{ add_backing_index: { data_stream: 's1', index } }]
    expect(await api.call('POST', '/_data_stream/_modify', { actions })).toMatchObject({
      status: 400,
      json: { error: { reason } },
    })
  })
})
