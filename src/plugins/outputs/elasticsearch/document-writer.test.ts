import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { setOwn, type Fields, type FieldValue } from '../../../core/event.ts'
import { printFields } from '../../../core/event-json.ts'
import { Float } from '../../../core/float.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { seededRandom, type Random } from '../../../sample/random.ts'
import { DocumentWriter } from './document-writer.ts'

const at = new Timestamp(Date.UTC(2024, 4, 1, 10), 1_000)

const KINDS: Fields = {
  text: 'a',
  whole: 3,
  real: -1.25e-9,
  yes: true,
  none: null,
  list: [1, ['b'], {}, []],
  object: { a: {} },
}

test.each<{ name: string; fields: Fields; json: string; document: unknown }>([
  { name: 'nothing', fields: {}, json: '{}', document: {} },
  {
    name: 'values of each kind',
    fields: { '@timestamp': at, ...KINDS },
    json: '{"@timestamp":"2024-05-01T10:00:00.000001Z","text":"a","whole":3,"real":-1.25e-9,"yes":true,"none":null,"list":[1,["b"],{},[]],"object":{"a":{}}}',
    document: { '@timestamp': '2024-05-01T10:00:00.000001Z', ...KINDS },
  },
  {
    name: 'texts that JSON escapes',
    fields: { 'a"b': 'quote " \\ line\n\u0000 \ud800', umlaut: 'ä€😀', '\u2028': '\u007f' },
    json: '{"a\\"b":"quote \\" \\\\ line\\n\\u0000 \\ud800","umlaut":"ä€😀","\u2028":"\u007f"}',
    document: { 'a"b': 'quote " \\ line\n\u0000 \ud800', umlaut: 'ä€😀', '\u2028': '\u007f' },
  },
  { name: 'a float that is whole', fields: { a: 'b', c: [new Float(20)] }, json: '{"a":"b","c":[20.0]}', document: undefined },
  { name: 'a whole number beyond 2^53', fields: { a: 2n ** 60n }, json: '{"a":1152921504606846976}', document: undefined },
  { name: 'what is no number', fields: { a: NaN, b: Infinity }, json: '{"a":null,"b":null}', document: undefined },
  { name: 'a zero with a sign', fields: { a: -0 }, json: '{"a":0}', document: undefined },
  {
    name: 'a time within an object',
    fields: { a: { b: at } },
    json: '{"a":{"b":"2024-05-01T10:00:00.000001Z"}}',
    document: undefined,
  },
  { name: 'a field that is not there', fields: { a: undefined, b: 1 }, json: '{"b":1}', document: undefined },
])('$name', ({ fields, json, document }) => {
  const written = new DocumentWriter().write(fields)
  expect(written.source.toString()).toBe(json)
  expect(written.document).toStrictEqual(document)
})

test('random fields are written as they are printed, and their values are those of their JSON', () => {
  const random = seededRandom('document writer')
  const writer = new DocumentWriter()
  const written = Array.from({ length: 400 }, () => {
    const fields = randomFields(random, 0)
    return { json: printFields(fields), ...writer.write(fields) }
  })
  // All of them at the end: none was overwritten by one behind it.
  for (const { json, source, document } of written) {
    expect(source.toString()).toBe(json)
    expect(document === undefined || isDeepStrictEqual(document, JSON.parse(json))).toBe(true)
  }
  expect(written.filter(({ document }) => document !== undefined).length).toBeGreaterThan(100)
})

test('a writer goes on behind fields that nest too deep', () => {
  const writer = new DocumentWriter()
  let deep: Fields = { end: 'x'.repeat(100_000) }
  for (let i = 0; i < 1001; i++) deep = { deep }
  const before = writer.write({ a: 1 })
  expect(() => writer.write({ long: 'x'.repeat(70_000), deep })).toThrow(RangeError)
  expect(writer.write({ b: 2 }).source.toString()).toBe('{"b":2}')
  expect(before.source.toString()).toBe('{"a":1}')
})

const NAMES = ['@timestamp', 'message', 'host', 'agent', 'a.b', '__proto__', 'constructor', 'ä', '7', 'x"y']

function randomFields(random: Random, depth: number): Fields {
  const fields: Fields = {}
  for (const name of NAMES) if (random() < 0.4) setOwn(fields, name, randomValue(random, depth))
  return fields
}

function randomValue(random: Random, depth: number): FieldValue {
  switch (Math.floor(random() * (depth < 3 ? 8 : 6))) {
    case 0:
      return random() < 0.5 ? Math.floor(random() * 1e6) : (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20)
    case 1:
      return random() < 0.5
    case 2:
      return random() < 0.9 ? null : new Float(20)
    case 3:
      return depth === 0 || random() < 0.05 ? new Timestamp(Math.floor(random() * 2e12)) : 'no time'
    case 4:
      return 'x'.repeat(Math.floor(random() ** 8 * 200_000)) + (random() < 0.2 ? '€"' : '')
    case 5:
      return `text ${random()}`
    case 6:
      return Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth + 1))
    default:
      return randomFields(random, depth + 1)
  }
}
