import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { MappedValues } from '../../engine/engine.ts'
import { compileMapping } from './compile-mapping.ts'
import { readDocumentBytes } from './document-bytes.ts'
import { readDocument } from './document-mapper.ts'
import { defaultLimits } from './limits.ts'
import { parseMapping } from './parse-mapping.ts'
import { printMapping } from './print-mapping.ts'

const mapping = {
  properties: {
    n: { type: 'long' },
    strict: { type: 'long', ignore_malformed: false },
    lenient: { type: 'long', ignore_malformed: true },
    text: { type: 'constant_keyword', value: 'a' },
  },
}

/** The fields that a document has values of; what it is refused for when it is. */
function fieldsOf(document: JsonObject, ignoreMalformed: boolean): unknown {
  const out = new MappedValues()
  const read = (): void => {
    readDocument(compileMapping(parseMapping(mapping), []), document, 'x', out, { ...defaultLimits, ignoreMalformed })
  }
  try {
    read()
  } catch (error) {
    return (error as Error).message.slice(0, 29)
  }
  return out.fields.slice(0, out.length).map((field) => field.path)
}

test.each([
  { name: 'a field that says nothing goes by the index', document: { n: 'no' }, off: 'failed to parse field [n] of ', on: [] },
  {
    name: 'the rest of the document stays',
    document: { n: 'no', strict: 1 },
    off: 'failed to parse field [n] of ',
    on: ['strict'],
  },
  {
    name: 'a field that says no',
    document: { strict: 'no' },
    off: 'failed to parse field [strict',
    on: 'failed to parse field [strict',
  },
  { name: 'a field that says yes', document: { lenient: 'no' }, off: [], on: [] },
  {
    name: 'a type that cannot',
    document: { text: 'no' },
    off: 'failed to parse field [text] ',
    on: 'failed to parse field [text] ',
  },
  {
    name: 'an object is no value',
    document: { n: {} },
    off: 'failed to parse field [n] of ',
    on: 'failed to parse field [n] of ',
  },
])('$name', ({ document, off, on }) => {
  expect([fieldsOf(document, false), fieldsOf(document, true)]).toEqual([off, on])
})

test('documents that are read without being parsed go by the index as well', () => {
  const compiled = compileMapping(parseMapping({ properties: { n: { type: 'long' } } }), [])
  const out = new MappedValues()
  const read = (text: string): boolean => readDocumentBytes(compiled, Buffer.from(text), 'x', out, true)
  read('{"n":1}')
  expect(read('{"n":"no"}') ? out.length : 0).toBe(0)
})

test('a field that says no is printed so: it may differ from its index', () => {
  expect(printMapping(parseMapping({ properties: { n: { type: 'long', ignore_malformed: false } } }))).toEqual({
    properties: { n: { type: 'long', ignore_malformed: false } },
  })
})
