import { expect, test } from 'vitest'
import { MappedValues } from '../../engine/engine.ts'
import { seededRandom } from '../../sample/random.ts'
import { parseDocument } from '../documents/parse-document.ts'
import { compileMapping } from './compile-mapping.ts'
import { readDocumentBytes } from './document-bytes.ts'
import { readDocument } from './document-mapper.ts'
import { parseMapping } from './parse-mapping.ts'

const mapping = compileMapping(
  parseMapping({
    properties: {
      '@timestamp': { type: 'date' },
      device: { properties: { id: { type: 'keyword' }, tags: { type: 'keyword', null_value: 'none' } } },
      location: { type: 'geo_point' },
      value: { type: 'double' },
      count: { type: 'long' },
      open: { type: 'boolean' },
      message: { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 20 } } },
      ignored: { type: 'object', enabled: false },
      größe: { type: 'float' },
    },
  }),
  [],
)

/** What the values of a document print as; `undefined` where it cannot be read, or teaches something. */
function parsed(text: string): string | undefined {
  const out = new MappedValues()
  try {
    return readDocument(mapping, parseDocument(Buffer.from(text)), 'x', out) ? undefined : print(out)
  } catch {
    return undefined
  }
}

function read(text: string): string | undefined {
  const out = new MappedValues()
  // As it lies in a request: in the middle of other bytes.
  const body = Buffer.from(`}\n${text}\n{"value":12345`)
  const isRead = readDocumentBytes(mapping, body.subarray(2, 2 + Buffer.byteLength(text)), 'x', out)
  return isRead ? print(out) : undefined
}

function print(out: MappedValues): string {
  const values = Array.from({ length: out.length }, (_, i) => [out.fields[i]?.path, show(out.values[i])])
  return JSON.stringify(values)
}

const show = (value: unknown): unknown => (Object.is(value, -0) ? '-0' : typeof value === 'bigint' ? `${value}n` : value)

test.each([
  {
    name: 'what machines send',
    text: '{"@timestamp":"2026-11-01T00:00:00.123Z","device":{"id":"dev-1"},"value":21.35,"count":-7,"open":true}',
  },
  { name: 'blanks where JSON has them', text: ' { "value" : 1.5 , "device" : { "id" : "a" , "tags" : [ "b" , null ] } } ' },
  { name: 'escapes and other scripts', text: '{"message":"a \\"b\\" \\u00e9\\n ü 漢 \\\\","device":{"id":"gerät"},"größe":1.5}' },
  { name: 'names with escapes', text: '{"gr\\u00f6\\u00dfe":0.1,"val\\u0075e":3}' },
  { name: 'points in their forms', text: '{"location":{"lat":47.12345,"lon":-8}}' },
  { name: 'a point as an array', text: '{"location":[-8.5,47]}' },
  { name: 'a point with blanks', text: '{"location":{ "lat": 47.1, "lon": -8 }}' },
  { name: 'a point the other way round', text: '{"location":{"lon":-8,"lat":47.1}}' },
  { name: 'a point of words', text: '{"location":{"lat":"47.1","lon":"-8"}}' },
  { name: 'a point with more behind it', text: '{"location":{"lat":47.1,"lon":-8,"z":1}}' },
  { name: 'null and empty', text: '{"value":null,"device":{"tags":null},"message":"","count":0}' },
  { name: 'numbers at the edge', text: '{"value":-0.0,"count":9007199254740991,"größe":1e-7}' },
  { name: 'many digits', text: '{"value":0.12345678901234567890,"count":12}' },
  { name: 'what is not looked at', text: '{"ignored":{"a":[{"b":"}"}]},"value":1}' },
  { name: 'an empty object', text: '{}' },
])('$name is read from the bytes', ({ text }) => {
  for (let again = 0; again < 2; again++) {
    expect(read(text)).toBe(parsed(text))
    expect(read(text)).toBeDefined()
  }
})

test.each([
  { name: 'a new name', text: '{"value":1,"new":2}' },
  { name: 'a name that stands twice', text: '{"value":1,"value":2}' },
  { name: 'objects in an array', text: '{"device":[{"id":"a"},{"id":"b"}]}' },
  { name: 'a value that its field cannot hold', text: '{"value":"warm"}' },
  { name: 'a scalar in the place of an object', text: '{"device":1}' },
  { name: 'a number that has to be read exactly', text: '{"count":9007199254740993}' },
  { name: 'more behind it', text: '{"value":1}}' },
  { name: 'a cut text', text: '{"message":"abc' },
  { name: 'a comma too many', text: '{"value":1,}' },
  { name: 'a leading zero', text: '{"value":01}' },
  { name: 'a bare point', text: '{"value":1.}' },
  { name: 'two signs', text: '{"value":1e+-2}' },
  { name: 'a control character in a text', text: '{"message":"a\nb"}' },
  { name: 'no object', text: '[1]' },
])('$name is left to the parser', ({ text }) => {
  expect(read(text)).toBeUndefined()
})

test('documents with what may go wrong are read as the parser reads them, or left to it', () => {
  const random = seededRandom('document-bytes')
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const number = (): string =>
    pick([
      () => String(Math.round((random() - 0.5) * 1e6) / 10 ** Math.floor(random() * 7)),
      () => String((random() - 0.5) * 10 ** Math.floor(random() * 40 - 20)),
      () => String(Math.floor(random() * 2 ** 55)),
      () => pick(['-0', '0.5e3', '1E2', '00', '1.', '-', '+1', '.5', '1e', '0e0', '123456789012345.6']),
    ])()
  const text = (): string =>
    pick([
      () => JSON.stringify(pick(['', 'a', 'dev-7', 'x'.repeat(30), 'ü', '漢字', '"', '\\', '\n', '\u2028', '😀', '2026-01-01'])),
      () => pick(['"\\ud800"', '"\\x"', '"a', '"\\u12"', '"\t"', '"\\/"']),
    ])()
  const scalar = (): string => pick([number, number, text, text, () => pick(['null', 'true', 'false', 'nul', '{}', '[]'])])()
  const value = (depth: number): string => {
    if (depth < 3 && random() < 0.15)
      return `[${Array.from({ length: Math.floor(random() * 3) }, () => value(depth + 1)).join()}]`
    if (depth < 3 && random() < 0.15) return object(depth + 1)
    return scalar()
  }
  const names = [
    '@timestamp',
    'device',
    'location',
    'value',
    'count',
    'open',
    'message',
    'ignored',
    'größe',
    'id',
    'tags',
    'lat',
    'lon',
  ]
  const blank = (): string => (random() < 0.1 ? pick([' ', '\n', '\t ']) : '')
  const object = (depth: number): string => {
    const members = Array.from({ length: Math.floor(random() * 4) }, () => {
      const name = pick(names)
      const inner = name === 'device' && random() < 0.8 ? `{"id":${text()},"tags":${value(depth + 1)}}` : value(depth)
      return `${blank()}"${name}"${blank()}:${blank()}${inner}${blank()}`
    })
    return `{${members.join()}}`
  }
  let plain = 0
  for (let n = 0; n < 3000; n++) {
    const document = object(0) + (random() < 0.02 ? 'x' : '')
    read('{"value":1}') // or it would give up trying for a while
    const found = read(document)
    if (found === undefined) continue
    plain += 1
    expect({ document, found }).toEqual({ document, found: parsed(document) })
  }
  expect(plain).toBeGreaterThan(300)
})
