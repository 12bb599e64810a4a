import { describe, expect, test } from 'vitest'
import { parseCsvLine, type CsvFormat } from './csv.ts'

const usual: CsvFormat = { separator: ',', quote: '"' }

describe('csv', () => {
  test.each<[Partial<CsvFormat>, string, (string | null)[]]>([
    [{}, 'a,b', ['a', 'b']],
    [{}, 'a,,c,', ['a', null, 'c', null]],
    [{}, '', [null]],
    [{}, '"a,b","",c', ['a,b', '', 'c']],
    [{}, '"say ""hi"""', ['say "hi"']],
    [{}, '"two\nlines",x', ['two\nlines', 'x']],
    [{ separator: ';' }, 'a;b,c', ['a', 'b,c']],
    [{ separator: '||' }, 'a||b', ['a', 'b']],
    [{ separator: '\t' }, 'a\tb', ['a', 'b']],
    [{ quote: "'" }, "'a,b',\"c", ['a,b', '"c']],
    [{ quote: '' }, '"a,b"', ['"a', 'b"']],
    [{ trim: true }, ' a , "b" ,c ', ['a', 'b', 'c']],
  ])('%o %j', (format, line, wanted) => {
    expect(parseCsvLine(line, { ...usual, ...format })).toEqual(wanted)
  })

  test.each([['"a'], ['a"b'], ['"a"b']])('%s is refused', (line) => {
    expect(() => parseCsvLine(line, usual)).toThrow(/quote/)
  })
})
