import { expect, test } from 'vitest'
import { rawElements, rawMembers } from './raw-members.ts'

test.each([
  { text: '{}', want: {} },
  { text: ' { "a" : 1 , "b":[ 1, {"c":"]}"} ] } ', want: { a: '1', b: '[ 1, {"c":"]}"} ]' } },
  {
    text: '{"n":123456789012345678901234567890,"e":1e400,"f":1.0}',
    want: { n: '123456789012345678901234567890', e: '1e400', f: '1.0' },
  },
  { text: String.raw`{"q\"\\":"a\\","x":"\\\""}`, want: { 'q"\\': String.raw`"a\\"`, x: String.raw`"\\\""` } },
  { text: '{"t":true,"z":null}', want: { t: 'true', z: 'null' } },
])('members of $text', ({ text, want }) => expect(Object.fromEntries(rawMembers(text))).toEqual(want))

test.each([
  { text: '[]', want: [] },
  { text: '[1,"a,b",{"x":[2]}, [3] ]', want: ['1', '"a,b"', '{"x":[2]}', '[3]'] },
])('elements of $text', ({ text, want }) => expect(rawElements(text)).toEqual(want))
