import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseKql } from './kql/parse-kql.ts'
import { parseLucene } from './lucene/parse-lucene.ts'
import { detectLanguage, withoutComments } from './query-language.ts'

test.each([
  ['level:ERROR and host:web', 'kql'],
  ['group:pt AND service:django', 'kql'],
  ['took > 5', 'kql'],
  ['temperature: -5', 'kql'],
  ['message: "a TO b [x TO y]"', 'kql'],
  ['a: (b or c)', 'kql'],
  ['free text', 'kql'],
  ['', 'kql'],
  ['user: {name: x', 'kql'],
  ['temperature > > 80', 'kql'],
  ['took <= and host: web', 'kql'],
  ['panic: <nil> pointer', 'lucene'],
  ['@timestamp:[now-1h TO now]', 'lucene'],
  ['request_duration:>2.0', 'lucene'],
  ['db_queries:>20 OR db_time:>1.0', 'lucene'],
  ['_exists_:user', 'lucene'],
  ['+level:error -host:web', 'lucene'],
  ['path:/ab.*/', 'lucene'],
  ['quikc~', 'lucene'],
  ['title:foo^2', 'lucene'],
  ['a && b', 'lucene'],
  ['# a note\nrequest_duration:>2.0', 'lucene'],
] as const)('%j is %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language)
})

/** The documents that set the project its task stand beside the repository, where they are at hand. */
const blocks = new URL('../../../shared/seeds/blocks/', import.meta.url)
const found = existsSync(blocks)

describe.skipIf(!found)('queries that people wrote', () => {
  const names = found ? readdirSync(blocks) : []
  const lines = names.flatMap((name) => {
    if (!/\.(?:kql|lucene)$/.test(name)) return []
    const text = readFileSync(new URL(name, blocks), 'utf8')
    return text.split('\n').filter((line) => withoutComments(line) !== '')
  })
  test.each(lines)('%s', (line) => {
    expect(() => (detectLanguage(line) === 'kql' ? parseKql(line) : parseLucene(line))).not.toThrow()
  })
})
