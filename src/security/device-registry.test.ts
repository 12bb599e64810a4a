import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { DeviceRegistry, type SeenDevice } from './device-registry.ts'
import { sightingOf } from './device-sighting.ts'

const NOW = Date.UTC(2024, 4, 1, 10)

test.each<{ name: string; document: JsonObject; want: object | undefined }>([
  {
    name: 'objects in objects',
    document: { device: { id: 'press-07', type: 'press', firmware: '1.2.0' }, '@timestamp': '2024-05-01T09:00:00Z' },
    want: { id: 'press-07', type: 'press', firmware: '1.2.0', at: NOW - 3_600_000 },
  },
  {
    name: 'names with dots, and the newer form of ECS',
    document: { 'device.id': 'd1', 'device.model.name': 'X1', device: { firmware: { version: '2' } }, 'source.ip': '192.0.2.7' },
    want: { id: 'd1', type: 'X1', firmware: '2', address: '192.0.2.7', at: NOW },
  },
  { name: 'a number as id', document: { device_id: 17, firmware_version: 3.1 }, want: { id: '17', firmware: '3.1', at: NOW } },
  { name: 'a time to come is now', document: { deviceId: 'd', '@timestamp': NOW + 1 }, want: { id: 'd', at: NOW } },
  { name: 'a time that is none', document: { deviceId: 'd', '@timestamp': 'soon' }, want: { id: 'd', at: NOW } },
  { name: 'no device', document: { device: { type: 'press' }, message: 'x' }, want: undefined },
  { name: 'an id that cannot be one', document: { device: { id: 'a/b' } }, want: undefined },
  { name: 'an id that is too long', document: { device: { id: 'x'.repeat(300) } }, want: undefined },
  { name: 'a device that is a list', document: { device: [{ id: 'a' }] }, want: undefined },
])('what a document tells of a device: $name', ({ document, want }) => {
  expect(sightingOf(document, NOW)).toEqual(want && { source: 'data', ...want })
})

/** A metadata store that counts what is written. */
class Memory implements MetadataStore {
  readonly values = new Map<string, SeenDevice>()
  writes = 0

  section<T>(): MetadataSection<T> {
    const values = this.values as unknown as Map<string, T>
    return {
      get: (key) => values.get(key),
      has: (key) => values.has(key),
      get size() {
        return values.size
      },
      entries: () => values.entries(),
      put: (key, value) => {
        this.writes += 1
        values.set(key, value)
        return Promise.resolve()
      },
      delete: (key) => Promise.resolve(values.delete(key)),
    }
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }
}

describe('the registry', () => {
  test('what was told stays until something newer is', () => {
    const registry = new DeviceRegistry(new Memory(), 10)
    registry.sighted({ id: 'd', at: 10, source: 'data', type: 'press', firmware: '2' })
    registry.sighted({ id: 'd', at: 20, source: 'mqtt', address: '192.0.2.1' })
    // Old data that comes late changes nothing that is newer.
    registry.sighted({ id: 'd', at: 5, source: 'data', firmware: '1' })
    expect(registry.find('d')).toEqual({
      type: 'press',
      firmware: '2',
      address: '192.0.2.1',
      firstSeen: 5,
      lastSeen: 20,
      sources: ['data', 'mqtt'],
    })
  })

  test('is there again after a restart, and does not write each time a device is heard of', async () => {
    const store = new Memory()
    const registry = new DeviceRegistry(store, 10)
    for (let at = NOW; at < NOW + 60_000; at += 1000) {
      registry.sighted({ id: 'd', at, source: 'data', type: 'press' })
      await registry.flush()
    }
    expect(store.writes).toBe(1)
    registry.sighted({ id: 'd', at: NOW + 61_000, source: 'data', type: 'drill' })
    await registry.flush()
    expect(store.writes).toBe(2)
    registry.sighted({ id: 'd', at: NOW + 62_000, source: 'data' })
    await registry.flushAll()
    expect(new DeviceRegistry(store, 10).find('d')).toMatchObject({ type: 'drill', lastSeen: NOW + 62_000 })
  })

  test('when there are too many, the one not heard of for longest goes', async () => {
    const store = new Memory()
    const registry = new DeviceRegistry(store, 3)
    for (const [at, id] of ['a', 'b', 'c', 'a', 'd'].entries()) registry.sighted({ id, at, source: 'data' })
    await registry.flush()
    expect([...registry.entries()].map(([id]) => id)).toEqual(['c', 'a', 'd'])
    expect(registry.forgotten).toBe(1)
    expect([...store.values.keys()].toSorted()).toEqual(['a', 'c', 'd'])
    expect(await registry.forget('a')).toBe(true)
    expect(await registry.forget('a')).toBe(false)
  })
})
