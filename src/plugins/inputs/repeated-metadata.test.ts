import { expect, test } from 'vitest'
import type { Fields } from '../../core/event.ts'
import { RepeatedMetadata } from './repeated-metadata.ts'

const TIME = '"@timestamp":"2024-05-01T00:00:00.000Z"'
const METADATA = { beat: 'filebeat', version: '8.13.2' }
const KNOWN = `{${TIME},"@metadata":${JSON.stringify(METADATA)},"n":1}`

test.each([
  { name: 'an event that repeats it', text: `{${TIME},"@metadata":${JSON.stringify(METADATA)},"n":2}`, left: `{${TIME},"n":2}` },
  { name: 'an event with nothing else', text: `{${TIME},"@metadata":${JSON.stringify(METADATA)}}`, left: `{${TIME}}` },
  { name: 'other metadata', text: `{${TIME},"@metadata":{"beat":"metricbeat"},"n":2}` },
  { name: 'more metadata', text: `{${TIME},"@metadata":{"beat":"filebeat","version":"8.13.2","id":"a"}}` },
  { name: 'metadata at another place', text: `{"n":2,${TIME},"@metadata":${JSON.stringify(METADATA)}}` },
  { name: 'metadata in an object', text: `{"a":{${TIME},"@metadata":${JSON.stringify(METADATA)}}}` },
  { name: 'an escape within the time', text: `{"@timestamp":"\\u0032024","@metadata":${JSON.stringify(METADATA)}}` },
  { name: 'a time without end', text: `{"@timestamp":"${'2'.repeat(100)}","@metadata":${JSON.stringify(METADATA)}}` },
  { name: 'an event that ends within it', text: `{${TIME},"@metadata":{"beat":"filebeat","version":"8.1`, behind: '3.2"}' },
])('$name', ({ text, left, behind = '{"@timestamp"' }) => {
  const metadata = new RepeatedMetadata()
  metadata.learn(eventOf(KNOWN), METADATA)
  const event = eventOf(text, behind)
  const cut = metadata.cut(event)
  const { bytes, start, sizeBytes } = event
  const json = bytes.toString('utf8', start + cut, start + sizeBytes)
  expect(json).toBe(left ?? text)
  expect(cut > 0).toBe(left !== undefined)
  expect(cut > 0 ? metadata.putBack(json) : json).toBe(text)
  expect(metadata.fields).toEqual(METADATA)
})

test.each<{ name: string; text: string; metadata: Fields }>([
  { name: 'numbers, which may be spelled otherwise', text: `{${TIME},"@metadata":{"n":1}}`, metadata: { n: 1 } },
  { name: 'escapes that are printed otherwise', text: `{${TIME},"@metadata":{"a":"\\u003c"}}`, metadata: { a: '<' } },
  { name: 'what stands elsewhere', text: `{"n":1,"@metadata":{"a":"b"}}`, metadata: { a: 'b' } },
  { name: 'none', text: `{${TIME},"n":1}`, metadata: {} },
])('does not learn $name', ({ text, metadata }) => {
  const repeated = new RepeatedMetadata()
  repeated.learn(eventOf(text), metadata)
  expect(repeated.cut(eventOf(text))).toBe(0)
})

test('learns what a sender goes over to, and gives up where each event has its own', () => {
  const repeated = new RepeatedMetadata()
  const eventWith = (id: string) => eventOf(`{${TIME},"@metadata":{"id":"${id}"}}`)
  for (let i = 0; i < 100; i++) {
    expect(repeated.cut(eventWith(`a${i}`))).toBe(0)
    repeated.learn(eventWith(`a${i}`), { id: `a${i}` })
    expect(repeated.cut(eventWith(`a${i}`))).toBeGreaterThan(0)
  }
  repeated.learn(eventWith('b'), { id: 'b' })
  expect(repeated.cut(eventWith('b'))).toBe(0)
})

/** Between other bytes, as it lies in a frame. */
function eventOf(text: string, behind = '') {
  return { bytes: Buffer.from(`2J??${text}${behind}`), start: 4, sizeBytes: Buffer.byteLength(text) }
}
