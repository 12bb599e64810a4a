import { expect, test } from 'vitest'
import { parseScript } from '../../script/painless/syntax/parse.ts'
import type { Field, FieldType } from '../field.ts'
import type { Expression } from './expression.ts'
import { foldScript } from './fold-script.ts'

const TYPES: Readonly<Record<string, FieldType>> = {
  n: 'long',
  x: 'double',
  k: 'keyword',
  t: 'date',
  on: 'boolean',
  ip: 'ip',
  v: 'dense_vector',
}

const find = (path: string): Field | undefined => {
  const type = TYPES[path]
  return type && { path, type, ordinal: 0, parameters: { indexed: true, docValues: true } }
}

/** An expression in one line: `long(doc.n + 1)`. */
function print(node: Expression): string {
  switch (node.kind) {
    case 'constant':
      return String(node.value)
    case 'first':
      return `doc.${node.field.path}`
    case 'size':
      return `size.${node.field.path}`
    case 'arithmetic':
      return `${node.type}(${print(node.left)} ${node.operator} ${print(node.right)})`
    case 'compare':
      return `(${print(node.left)} ${node.operator} ${print(node.right)})`
    case 'and':
    case 'or':
      return `(${print(node.left)} ${node.kind} ${print(node.right)})`
    case 'not':
      return `not ${print(node.of)}`
    case 'convert':
      return `${node.type}:${print(node.of)}`
    case 'if':
      return `[${print(node.condition)} ? ${print(node.whenTrue)} : ${print(node.otherwise)}]`
    case 'function':
      return `${node.name}(${node.of.map(print).join(', ')})`
    case 'vector':
      return `${node.name}(doc.${node.field.path}, ${node.vector.join(' ')})`
    default:
      return node.kind
  }
}

test.each([
  { source: `doc['n'].value + 1`, want: 'double:long(doc.n + 1)' },
  { source: `doc['n'].value / 2 * doc.x.value`, want: 'double(double:long(doc.n / 2) * doc.x)' },
  { source: `1 + 2`, want: 'double:int(1 + 2)' },
  { source: `-doc['x'].value`, want: 'double(-1 * doc.x)' },
  { source: `doc['n'].size() == 0 ? 0.0 : doc['x'].value`, want: '[(size.n == 0) ? 0 : doc.x]' },
  {
    source: `if (doc['on'].value && doc['n'].value >= params.p) return 1; return 2`,
    want: '[(doc.on and (doc.n >= 3)) ? 1 : 2]',
  },
  { source: `def d = doc['t'].value; d.hour + d.getDayOfWeekEnum().value`, want: 'double:int(hour(doc.t) + day_of_week(doc.t))' },
  { source: `int i = 1; i += 2.5; return i`, want: 'double:int:double(1 + 2.5)' },
  { source: `double y = doc['n'].value; y = y * 2; return y`, want: 'double(double:doc.n * 2)' },
  { source: `Math.max(doc['n'].value, 1)`, want: 'max(double:doc.n, 1)' },
  { source: `_score * saturation(doc['n'].value, 2)`, want: 'double(score * double(double:doc.n / double(2 + double:doc.n)))' },
  { source: `if (doc['on'].value) { return 1 }`, want: '[doc.on ? 1 : nothing]' },
  { source: `dotProduct(params.q, 'v') + 1`, want: 'double(dotProduct(doc.v, 1 2.5) + 1)' },
  // More than expressions: they run as they are.
  { source: `dotProduct(params.q, 'k')`, want: undefined },
  { source: `dotProduct(params.p, 'v')`, want: undefined },
  { source: `for (int i = 0; i < 3; ++i) { if (i == 2) return i; } return 0`, want: undefined },
  { source: `int i = 1; i = doc['x'].value; return i`, want: undefined },
  { source: `doc['ip'].value.length()`, want: undefined },
  { source: `doc['nope'].value`, want: undefined },
  { source: `def f(int i) { return i } return f(1)`, want: undefined },
  { source: `doc['k'].value`, want: undefined },
])('$source', ({ source, want }) => {
  const scope = { find, params: { p: 3, q: [1, 2.5] }, emits: false, returns: 'double' } as const
  const folded = foldScript(parseScript(source), scope)
  expect(folded && print(folded)).toBe(want)
})

test('a value that is emitted twice is no expression', () => {
  const scope = { find, params: {}, emits: true, returns: 'long' } as const
  const fold = (source: string) => foldScript(parseScript(source), scope)
  expect(fold(`emit(1); emit(2)`)).toBeUndefined()
  expect(fold(`if (doc['on'].value) emit(doc['n'].value)`)).toMatchObject({ kind: 'if', otherwise: { kind: 'nothing' } })
})
