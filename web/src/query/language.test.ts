import { expect, test } from 'vitest'
import { findProblem } from './language.ts'

test.each([
  { text: 'device.id: press-07 and temperature > 80', language: 'kql', want: undefined },
  { text: '', language: 'kql', want: undefined },
  { text: 'a: 1 and', language: 'kql', want: { from: 8, to: 8 } },
  { text: 'a: (1 or 2', language: 'kql', want: { from: 10, to: 10 } },
  { text: 'a: 1 ) b', language: 'kql', want: { from: 5, to: 6 } },
  { text: 'level:ERROR AND took:[1 TO 5]', language: 'lucene', want: undefined },
  { text: 'took:[1 TO', language: 'lucene', want: { from: 10, to: 10 } },
] as const)('“$text”', ({ text, language, want }) => {
  const problem = findProblem(text, language)
  expect(problem && { from: problem.from, to: problem.to }).toEqual(want)
})
