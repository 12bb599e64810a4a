import { expect, test } from 'vitest'
import { createEvent, type FieldValue } from './event.ts'
import { fieldPath, FieldPathError } from './field-path.ts'

const make = () =>
  createEvent(
    {
      a: 1,
      b: { c: { d: 'deep' }, e: [10, { f: 'in list' }] },
      'x.y': 'flat',
      x: { y: 'nested', z: 2 },
      'p.q': { r: 3 },
      s: 'text',
    },
    { m: { n: 'meta' } },
  )

test.each([
  { reference: 'a', want: 1 },
  { reference: '[a]', want: 1 },
  { reference: '[b][c][d]', want: 'deep' },
  { reference: '[b][e][0]', want: 10 },
  { reference: '[b][e][-1][f]', want: 'in list' },
  { reference: '[b][e][2]', want: undefined },
  { reference: 'x.y', want: 'flat' },
  { reference: '[x.y]', want: 'flat' },
  { reference: '[x][y]', want: 'nested' },
  { reference: 'x.z', want: 2 },
  { reference: 'b.c.d', want: 'deep' },
  { reference: '[b.c][d]', want: 'deep' },
  { reference: '[p.q][r]', want: 3 },
  { reference: 'b.c.absent', want: undefined },
  { reference: 'b..c', want: undefined },
  { reference: '[@metadata][m][n]', want: 'meta' },
  { reference: '[@metadata]', want: { m: { n: 'meta' } } },
  { reference: '[s][0]', want: undefined },
  { reference: 'b[c]', want: undefined },
  { reference: '[b][c', want: undefined },
  { reference: 'constructor', want: undefined },
  { reference: '__proto__', want: undefined },
  { reference: '[b][__proto__]', want: undefined },
  { reference: 'x.constructor', want: undefined },
])('get $reference', ({ reference, want }) => {
  expect(fieldPath(reference).get(make())).toEqual(want)
})

test.each<{ name: string; reference: string; value?: FieldValue; fields: object; metadata?: object }>([
  { name: 'a new field', reference: 'n', fields: { n: 'new' } },
  { name: 'objects in between are made', reference: '[n][o][p]', fields: { n: { o: { p: 'new' } } } },
  { name: 'a dotted name stays flat', reference: 'n.o', fields: { 'n.o': 'new' } },
  { name: 'a dotted name that exists flat', reference: 'x.y', fields: { 'x.y': 'new', x: { y: 'nested', z: 2 } } },
  { name: 'a dotted name that exists nested only', reference: 'x.z', fields: { x: { y: 'nested', z: 'new' } } },
  { name: 'a place of a list', reference: '[b][e][1]', fields: { b: { c: { d: 'deep' }, e: [10, 'new'] } } },
  { name: 'the end of a list', reference: '[b][e][2]', fields: { b: { c: { d: 'deep' }, e: [10, { f: 'in list' }, 'new'] } } },
  { name: 'metadata', reference: '[@metadata][k]', fields: {}, metadata: { m: { n: 'meta' }, k: 'new' } },
  { name: 'a field called __proto__', reference: '[__proto__]', fields: { ['__proto__']: 'new' } },
])('set: $name', ({ reference, fields, metadata }) => {
  const event = make()
  const path = fieldPath(reference)
  path.set(event, 'new')
  expect(event.fields).toMatchObject(fields)
  expect(event.metadata).toEqual(metadata ?? { m: { n: 'meta' } })
  expect(path.get(event)).toBe('new')
  expect(Object.getPrototypeOf(event.fields)).toBe(Object.prototype)
})

test.each([
  { reference: '[s][t]', message: 'field [[s][t]]: [t] cannot be set within a string' },
  { reference: '[b][e][7]', message: 'field [[b][e][7]]: an array of 2 has no place [7]' },
  { reference: '[b][e][x]', message: 'field [[b][e][x]]: an array of 2 has no place [x]' },
  { reference: '[@metadata]', message: '[@metadata] must be an object, not a string' },
])('set $reference is refused', ({ reference, message }) => {
  expect(() => fieldPath(reference).set(make(), 'new')).toThrow(new FieldPathError(message))
})

test.each([
  { reference: 'a', was: 1 },
  { reference: '[b][c]', was: { d: 'deep' } },
  { reference: '[b][e][0]', was: 10 },
  { reference: 'x.z', was: 2 },
  { reference: 'x.y', was: 'flat' },
  { reference: 'absent', was: undefined },
  { reference: '[s][t]', was: undefined },
])('remove $reference', ({ reference, was }) => {
  const event = make()
  expect(fieldPath(reference).remove(event)).toEqual(was)
  expect(fieldPath(reference).get(event)).not.toEqual(was ?? 'something')
})
