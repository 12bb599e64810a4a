import { expect, test } from 'vitest'
import { contextAt, quoteValue, tokenize } from './tokens.ts'

const pieces = (text: string): string =>
  tokenize(text)
    .map(({ kind, from, to }) => `${kind}(${text.slice(from, to)})`)
    .join(' ')

test.each([
  { text: 'device.id: press-07', want: 'field(device.id) operator(:) value(press-07)' },
  {
    text: 'temperature >= 80 and not level:info',
    want: 'field(temperature) operator(>=) value(80) keyword(and) keyword(not) field(level) operator(:) value(info)',
  },
  { text: 'a: ("b c" or d)', want: 'field(a) operator(:) bracket(() quoted("b c") keyword(or) value(d) bracket())' },
  {
    text: '@timestamp:[now-1h TO now]',
    want: 'field(@timestamp) operator(:) bracket([) value(now-1h) keyword(TO) value(now) bracket(])',
  },
  { text: 'took:>2.0', want: 'field(took) operator(:>) value(2.0)' },
  { text: 'a\\:b: "x\\"y', want: 'field(a\\:b) operator(:) quoted("x\\"y)' },
  { text: 'error timeout', want: 'value(error) value(timeout)' },
  { text: '', want: '' },
])('cuts “$text”', ({ text, want }) => {
  expect(pieces(text)).toBe(want)
})

test.each([
  { text: '|', want: { kind: 'field', typed: '' } },
  { text: 'dev|', want: { kind: 'field', typed: 'dev' } },
  { text: 'device.id |', want: { kind: 'operator', typed: '', field: 'device.id' } },
  { text: 'device.id:|', want: { kind: 'value', typed: '', field: 'device.id' } },
  { text: 'device.id: pre|', want: { kind: 'value', typed: 'pre', field: 'device.id' } },
  { text: 'device.id: "press 0|', want: { kind: 'value', typed: '"press 0', field: 'device.id' } },
  { text: 'device.id: press-07 |', want: { kind: 'connector', typed: '' } },
  { text: 'device.id: press-07 and |', want: { kind: 'field', typed: '' } },
  { text: 'a: 1 and b|', want: { kind: 'field', typed: 'b' } },
  { text: 'level: (warn or |', want: { kind: 'value', typed: '', field: 'level' } },
  { text: 'level: (warn |', want: { kind: 'connector', typed: '' } },
  { text: 'level: (warn or error) |', want: { kind: 'connector', typed: '' } },
  { text: '(a|', want: { kind: 'field', typed: 'a' } },
  { text: 'dev|ice.id: x', want: { kind: 'field', typed: 'dev' } },
])('at the cursor of “$text”', ({ text, want }) => {
  expect(contextAt(text.replace('|', ''), text.indexOf('|'))).toMatchObject(want)
})

test.each([
  { value: 'press-07', want: 'press-07' },
  { value: 'two words', want: '"two words"' },
  { value: 'and', want: '"and"' },
  { value: 'say "hi"', want: '"say \\"hi\\""' },
  { value: '-5', want: '"-5"' },
  { value: '', want: '""' },
])('$value is typed as $want', ({ value, want }) => {
  expect(quoteValue(value)).toBe(want)
})
