import { describe, expect, test } from 'vitest'
import { categoryExpression, maxMatchingLength, TextCategorizer } from './text-categories.ts'

function categorize(texts: readonly string[], threshold = 0.7): readonly string[] {
  const categorizer = new TextCategorizer(threshold)
  const ids = texts.map((text) => categorizer.add(text.split(' '), text.length))
  const byId = new Map(categorizer.categories.map(({ id, words }) => [id, words.join(' ')]))
  return ids.map((id) => byId.get(id) ?? '')
}

describe('texts and the categories that they end in', () => {
  test.each([
    {
      name: 'what differs from text to text is no part of the category',
      texts: ['User foo_1 logged on', 'User foo_2 logged on', 'User foo_3 logged on'],
      want: ['User logged on', 'User logged on', 'User logged on'],
    },
    {
      name: 'other words are other categories',
      texts: ['Node shutting down', 'Node starting up', 'Node shutting down'],
      want: ['Node shutting down', 'Node starting up', 'Node shutting down'],
    },
    {
      name: 'a text joins the category whose words it has in their order',
      texts: ['disk ada0 is nearly full', 'disk ada1 is nearly full', 'disk ada9 on node7 is nearly full'],
      want: ['disk is nearly full', 'disk is nearly full', 'disk is nearly full'],
    },
    {
      name: 'the most similar one of several',
      texts: ['a b c d e f', 'a b c d x y', 'a b c d x z'],
      want: ['a b c d e f', 'a b c d x', 'a b c d x'],
    },
    {
      name: 'a category does not lose all that made it',
      texts: ['a b c d e f g h i j', 'a b c d e f g h x x', 'q q a b c d e f g h', 'q q q q a b c d e f'],
      want: ['a b c d e f g h', 'a b c d e f g h', 'a b c d e f g h', 'q q q q a b c d e f'],
    },
  ])('$name', ({ texts, want }) => {
    expect(categorize(texts)).toEqual(want)
  })

  test('nothing but the same words at a threshold of 1', () => {
    expect(categorize(['a b', 'a c', 'a b'], 1)).toEqual(['a b', 'a c', 'a b'])
  })
})

test('an expression and a length tell what belongs to a category', () => {
  const category = { id: 0, words: ['open', '/etc/a.conf', 'failed'], maxLength: 50 }
  expect(categoryExpression(category)).toBe('.*?open.+?/etc/a\\.conf.+?failed.*?')
  expect(maxMatchingLength(category)).toBe(55)
})

test('texts that have nothing in common are refused before they take too long', () => {
  const categorizer = new TextCategorizer(0.9)
  const add = (): void => {
    for (let i = 0; i <= 5000; i++) categorizer.add([`word${i}`], 20)
  }
  expect(add).toThrow(/more than \[5000\] categories/)
})
