import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// The schema of Mapbox's specification 2.1 reads what is answered.
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Tile {
    message Value {
      optional string string_value = 1; optional float float_value = 2; optional double double_value = 3;
      optional int64 int_value = 4; optional uint64 uint_value = 5; optional sint64 sint_value = 6; optional bool bool_value = 7;
    }
    message Feature { optional uint64 id = 1; repeated uint32 tags = 2 [packed = true]; optional uint32 type = 3; repeated uint32 geometry = 4 [packed = true]; }
    message Layer {
      required uint32 version = 15; required string name = 1; repeated Feature features = 2; repeated string keys = 3;
      repeated Value values = 4; optional uint32 extent = 5;
    }
    repeated Layer layers = 3;
  }`)
const Tile = root.lookupType('Tile')

interface Layer {
  readonly version: number
  readonly name: string
  readonly extent: number
  readonly keys?: readonly string[]
  readonly values?: readonly Readonly<Record<string, unknown>>[]
  readonly features?: readonly {
    readonly tags?: readonly number[]
    readonly type: number
    readonly geometry: readonly number[]
  }[]
}

interface Feature {
  readonly type: number
  readonly geometry: readonly number[]
  readonly properties: Readonly<Record<string, unknown>>
}

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-tiles-'))
let elkhorn: RunningElkhorn

async function layersOf(path: string, body?: object): Promise<Record<string, readonly Feature[]>> {
  const answer = await fetch(elkhorn.url + path, {
    method: 'POST',
    headers: { authorization: elkhorn.authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.mapbox-vector-tile'])
  const decoded = Tile.toObject(Tile.decode(new Uint8Array(await answer.arrayBuffer())), { longs: Number, defaults: false })
  const { layers } = decoded as { readonly layers: readonly Layer[] }
  return Object.fromEntries(
    layers.map(({ name, version, extent, keys = [], values = [], features = [] }) => {
      expect([version, extent]).toEqual([2, 4096])
      const read = features.map(({ type, geometry, tags = [] }): Feature => {
        const pairs = Array.from({ length: tags.length / 2 }, (_, i) => [
          keys[tags[2 * i] ?? 0] ?? '',
          Object.values(values[tags[2 * i + 1] ?? 0] ?? {})[0],
        ])
        return { type, geometry, properties: Object.fromEntries(pairs) as Feature['properties'] }
      })
      return [name, read]
    }),
  )
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const pointAt = (x: number, y: number): readonly number[] => [9, zigzag(x), zigzag(y)]

beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
  const properties = {
    location: { type: 'geo_point' },
    area: { type: 'geo_shape' },
    name: { type: 'keyword' },
    price: { type: 'long' },
  }
  await elkhorn.call('PUT', '/museums', { mappings: { properties: { ...properties, included: { type: 'boolean' } } } })
  const documents = [
    { location: '52.374081,4.912350', name: 'NEMO Science Museum', price: 1750, included: true },
    { location: '52.369219,4.901618', name: 'Museum Het Rembrandthuis', price: 1500, included: false },
    { location: '52.371667,4.914722', name: 'Nederlands Scheepvaartmuseum', price: 1650, included: true },
    { location: '52.371667,4.914722', name: 'Amsterdam Centre for Architecture', price: 0, included: true },
    { area: 'POLYGON ((-90 -45, 90 -45, 90 45, -90 45, -90 -45))', name: 'area' },
    { area: 'LINESTRING (-170 0, 170 0)', name: 'line' },
  ]
  for (const [i, document] of documents.entries()) await elkhorn.call('PUT', `/museums/_doc/${i + 1}?refresh=true`, document)
}, 120_000)
afterAll(async () => {
  await elkhorn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the example of the documentation', async () => {
  const { hits, aggs, meta } = await layersOf('/museums/_mvt/location/13/4207/2692', {
    grid_agg: 'geotile',
    grid_precision: 2,
    fields: ['name', 'price'],
    query: { term: { included: true } },
    aggs: {
      min_price: { min: { field: 'price' } },
      max_price: { max: { field: 'price' } },
      avg_price: { avg: { field: 'price' } },
    },
  })
  // There, y is counted upwards: 3864 and 3496.
  expect(hits).toEqual([
    {
      type: 1,
      geometry: pointAt(3208, 4096 - 3864),
      properties: { _id: '1', _index: 'museums', name: 'NEMO Science Museum', price: 1750 },
    },
    {
      type: 1,
      geometry: pointAt(3429, 4096 - 3496),
      properties: { _id: '3', _index: 'museums', name: 'Nederlands Scheepvaartmuseum', price: 1650 },
    },
    {
      type: 1,
      geometry: pointAt(3429, 4096 - 3496),
      properties: { _id: '4', _index: 'museums', name: 'Amsterdam Centre for Architecture', price: 0 },
    },
  ])
  const [cell] = aggs ?? []
  expect(cell).toEqual({
    type: 3,
    geometry: [9, zigzag(3072), 0, 26, zigzag(1024), 0, 0, zigzag(1024), zigzag(-1024), 0, 15],
    properties: {
      _count: 3,
      _key: '15/16831/10768',
      'min_price.value': 0,
      'max_price.value': 1750,
      'avg_price.value': 3400 / 3,
    },
  })
  expect(meta?.[0]?.properties).toMatchObject({
    '_shards.total': 1,
    'hits.total.value': 3,
    'hits.total.relation': 'eq',
    timed_out: false,
    'aggregations._count.sum': 3,
    'aggregations.avg_price.max': 3400 / 3,
    'aggregations.min_price.count': 1,
  })
})

test('shapes are cut off at the edges', async () => {
  const { hits, aggs } = await layersOf('/museums/_mvt/area/1/0/0?size=10&grid_precision=0', { fields: ['name'], buffer: 0 })
  expect(aggs).toBeUndefined()
  const byName = new Map(hits?.map((hit) => [hit.properties['name'], hit]))
  const area = byName.get('area')
  expect(area?.type).toBe(3)
  // From a quarter of the world's width on to the right and the lower edge.
  expect(area?.geometry.slice(-1)).toEqual([15])
  expect(byName.get('line')).toMatchObject({ type: 2, geometry: [9, zigzag(228), zigzag(4096), 10, zigzag(3868), 0] })
})

test('nothing but what is asked for, and exact bounds', async () => {
  const { hits, aggs, meta } = await layersOf('/museums/_mvt/location/0/0/0', {
    size: 0,
    exact_bounds: true,
    grid_type: 'point',
    grid_precision: 1,
  })
  expect(hits).toBeUndefined()
  expect(aggs?.map(({ type, geometry }) => ({ type, geometry }))).toEqual([{ type: 1, geometry: pointAt(3072, 1024) }])
  expect(meta?.[0]?.geometry.slice(0, 2)).toEqual([9, zigzag(2104)])
})

test.each([
  { path: '/museums/_mvt/location/1/2/0', reason: /Invalid x \[2\] of a tile: must be between 0 and 1/ },
  { path: '/museums/_mvt/location/30/0/0', reason: /Invalid zoom \[30\] of a tile: must be between 0 and 29/ },
  { path: '/museums/_mvt/location/0/0/0?grid_precision=9', reason: /\[grid_precision\] must be between 0 and 8, but got: 9/ },
  { path: '/museums/_mvt/location/0/0/0?size=10001', reason: /\[size\] must be between 0 and 10000/ },
  { path: '/museums/_mvt/name/0/0/0', reason: /field \[name\] is not a geo_point field/ },
])('$path is refused', async ({ path, reason }) => {
  const { status, text } = await elkhorn.call('GET', path)
  expect(status).toBe(400)
  expect(text).toMatch(reason)
})
