import { describe, expect, test } from 'vitest'
import { compileDissect } from './dissect.ts'

describe('dissect', () => {
  test.each([
    ['%{a} %{b}', 'x y', { a: 'x', b: 'y' }],
    ['<%{a}>%{b}', '<x>y z', { a: 'x', b: 'y z' }],
    ['%{a} %{} %{b}', 'x y z', { a: 'x', b: 'z' }],
    ['%{a} %{?skip} %{b}', 'x y z', { a: 'x', b: 'z' }],
    ['%{a->} %{b}', 'x    y', { a: 'x', b: 'y' }],
    ['%{a} %{b} %{c}', 'x  y', { a: 'x', b: '', c: 'y' }],
    ['%{ts} %{+ts} %{+ts} %{rest}', 'May 1 10:00 it is', { ts: 'May 1 10:00', rest: 'it is' }],
    ['%{+a/2} - %{+a/1} %{b}', 'x - y z', { a: 'y - x', b: 'z' }],
    ['%{?k}=%{&k}', 'x=1', { x: '1' }],
    ['%{*k}=%{&k}', 'x=1', { x: '1' }],
    ['%{a},%{b},', '1,2,', { a: '1', b: '2' }],
    ['%{[a][b]}: %{c}', '1: 2', { '[a][b]': '1', c: '2' }],
  ])('%s of %s', (pattern, text, wanted) => {
    expect(Object.fromEntries(compileDissect(pattern).dissect(text) ?? [])).toEqual(wanted)
  })

  test.each([
    ['%{a} %{b}', 'x'],
    ['<%{a}>', 'x>'],
    ['%{a}:%{b}:', '1:2'],
  ])('%s does not fit %s', (pattern, text) => {
    expect(compileDissect(pattern).dissect(text)).toBeUndefined()
  })

  test('with a separator of its own', () => {
    expect(Object.fromEntries(compileDissect('%{+a} %{+a}', '-').dissect('x y') ?? [])).toEqual({ a: 'x-y' })
  })

  test.each([
    ['no field', /names no field/],
    ['%{a}%{b}', /nothing between \[%\{a\}\]/],
    ['%{&k} x', /no %\{\?k\}/],
  ])('%s is refused', (pattern, reason) => {
    expect(() => compileDissect(pattern)).toThrow(reason)
  })
})
