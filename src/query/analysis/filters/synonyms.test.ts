import { expect, test } from 'vitest'
import { Parameters } from '../parameters.ts'
import { NO_SYNONYM_SETS, synonymFilter } from './synonyms.ts'

const filterOf = (synonyms: string[]) =>
  synonymFilter(
    new Parameters('f', { synonyms }),
    { analyzeBefore: (text) => text.split(' '), synonymSets: NO_SYNONYM_SETS },
    true,
  )

const words = (count: number, from = 'a'): string => Array.from({ length: count }, (_, n) => `${from}${n}`).join(', ')

test.each([
  { name: 'a rule of many terms that stand for each other', synonyms: [words(2000)] },
  { name: 'many terms for many others', synonyms: [`${words(2000)} => ${words(2000, 'b')}`] },
  { name: 'many rules about the same term', synonyms: Array.from({ length: 3000 }, (_, n) => `a => b${n}`) },
])('replacements beyond what the memory is for are refused: $name', ({ synonyms }) => {
  expect(() => filterOf(synonyms)).toThrow(/the rules make more than \[2000000\] replacements/)
})

test('no text becomes endless by its synonyms', () => {
  const filter = filterOf([words(1000)])
  const tokens = Array.from({ length: 1100 }, (_, position) => ({
    term: 'a7',
    position,
    positionLength: 1,
    start: position,
    end: position + 1,
    type: 'word',
  }))
  expect(filter(tokens.slice(0, 2))).toHaveLength(2000)
  expect(() => filter(tokens)).toThrow('synonyms make more than [1000000] tokens of a text')
})
