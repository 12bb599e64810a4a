import { describe, expect, test } from 'vitest'
import { compileKeyValues, type KeyValueOptions } from './key-values.ts'

const usual: KeyValueOptions = {
  fieldSplit: ' ',
  valueSplit: '=',
  fieldSplitPattern: undefined,
  valueSplitPattern: undefined,
  brackets: true,
  lenient: true,
}

describe('key values', () => {
  test.each<[Partial<KeyValueOptions>, string, [string, string][]]>([
    [
      {},
      'a=1 b=two',
      [
        ['a', '1'],
        ['b', 'two'],
      ],
    ],
    [
      {},
      'a="two words" b=\'x y\'',
      [
        ['a', 'two words'],
        ['b', 'x y'],
      ],
    ],
    [{}, 'a = 1', [['a', '1']]],
    [
      {},
      'a=[x y] b=(z) c=<q r>',
      [
        ['a', 'x y'],
        ['b', 'z'],
        ['c', 'q r'],
      ],
    ],
    [
      { brackets: false },
      'a=[x b=(z)',
      [
        ['a', '[x'],
        ['b', '(z)'],
      ],
    ],
    [{}, 'text before a=1 and after', [['a', '1']]],
    [{}, 'a= b=2', [['a', 'b=2']]],
    [
      { lenient: false },
      'a= b=2',
      [
        ['a', ''],
        ['b', '2'],
      ],
    ],
    [
      { fieldSplit: '&?', valueSplit: '=' },
      '?a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      { fieldSplit: ',', valueSplit: ':' },
      'a:1,b:2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      { fieldSplitPattern: '::', valueSplitPattern: '=>' },
      'a=>1::b=>2:3',
      [
        ['a', '1'],
        ['b', '2:3'],
      ],
    ],
    [
      { fieldSplit: '|]', valueSplit: '=' },
      'a=1|b=2]c=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    [
      { fieldSplit: '\\t' },
      'a=1 2\tb=3',
      [
        ['a', '1 2'],
        ['b', '3'],
      ],
    ],
    [{}, 'no pairs', []],
  ])('%o %s', (options, text, wanted) => {
    expect(compileKeyValues({ ...usual, ...options })(text)).toEqual(wanted)
  })

  test('long text without an end is read in one go', () => {
    expect(compileKeyValues(usual)('a='.repeat(20_000)).length).toBeGreaterThan(0)
    expect(compileKeyValues(usual)('a'.repeat(50_000))).toEqual([])
  })
})
