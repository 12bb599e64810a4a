import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each([
  { name: 'plain', cells: [['a'], [1.5], [true]], want: 'a,1.5,true' },
  { name: 'missing and null', cells: [[], [null]], want: ',' },
  { name: 'several values', cells: [['a', 'b']], want: '"a, b"' },
  { name: 'quotes and line breaks', cells: [['say "hi"\nthere']], want: '"say ""hi""\nthere"' },
  { name: 'a formula is text', cells: [['=1+1'], ['@cmd'], ['-rf']], want: "'=1+1,'@cmd,'-rf" },
  { name: 'a negative number is a number', cells: [[-3.5], ['-1e-7']], want: '-3.5,-1e-7' },
  { name: 'an object', cells: [[{ a: 1 }]], want: '"{""a"":1}"' },
  { name: 'a whole number beyond 2^53', cells: [[9007199254740993n]], want: '9007199254740993' },
])('$name', ({ cells, want }) => {
  expect(csvLine(cells)).toBe(`${want}\r\n`)
})
