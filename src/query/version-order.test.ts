import { expect, test } from 'vitest'
import { decodeVersion, encodeVersion } from './version-order.ts'

// Semantic Versioning 2.0.0, section 11, and what Elasticsearch adds to it.
const ASCENDING = [
  '0.9',
  '1.0.0-1',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-alpha-x',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.0+build.7',
  '1.2',
  '1.2.0',
  '1.2.0.1',
  '1.9.0',
  '1.10.0',
  '2.0.0',
  '11.0.0',
  '',
  'bogus',
]

test('versions sort by their meaning', () => {
  const shuffled = ASCENDING.toSorted((a, b) => ((a.length * 7) % 5) - ((b.length * 7) % 5))
  expect(shuffled.map(encodeVersion).sort().map(decodeVersion)).toEqual(ASCENDING)
})
