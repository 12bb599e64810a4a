import { expect, test } from 'vitest'
import { analyzerFor, builtInAnalysis } from '../../query/analysis/analysis.ts'
import { abridgeSources, restoreSource } from './abridged-source.ts'
import { seededRandom } from '../../sample/random.ts'
import type { ByteRows } from './rows/arrow-column.ts'
import { ByteColumn } from './rows/byte-column.ts'
import { encodeTokens } from './token-column.ts'

const encoder = new TextEncoder()
const NONE = new Uint8Array()

/** A source and what the column of tokens holds of it. */
interface Row {
  readonly source: string
  readonly tokens: string
}

function rowsOf(texts: readonly string[]): ByteRows {
  const pieces = texts.map((text) => encoder.encode(text))
  const offsets = new Int32Array(pieces.length + 1)
  for (const [i, piece] of pieces.entries()) offsets[i + 1] = (offsets[i] ?? 0) + piece.length
  return { bytes: Buffer.concat(pieces), offsets }
}

function abridged(rows: readonly Row[], name = 'message'): Uint8Array[] {
  const into = new ByteColumn()
  abridgeSources(rowsOf(rows.map(({ source }) => source)), rowsOf(rows.map(({ tokens }) => tokens)), name, into)
  return rows.map((_, row) => Buffer.from(into.at(row)))
}

const restored = (stored: Uint8Array, { tokens }: Row): string =>
  Buffer.from(restoreSource(stored, encoder.encode(tokens))).toString('utf8')

function tokensOf(text: string, analyzer = 'standard'): string {
  const tokens = analyzerFor(analyzer, builtInAnalysis).analyze(text)
  return encodeTokens([tokens.map(({ term, position }) => ({ token: term, position }))], true).text
}

const about = (message: string, analyzer?: string): Row => ({
  source: `{"@timestamp":"2026-11-01T00:00:01.015Z","message":${JSON.stringify(message)},"n":1}`,
  tokens: tokensOf(message, analyzer),
})

test.each([
  { name: 'words', row: about('the pump of line three stands still'), middle: '\x02 \x02 \x02 \x02 \x02 \x02 \x02' },
  {
    name: 'capitals',
    row: about('ERROR Pump of HTTPServer p-1A is gone'),
    middle: '\x04 \x03 \x02 HTTPServer\x05 \x02-\x04 \x02 \x02',
  },
  {
    name: 'escapes',
    row: about('temperature:\n"too high"\ttoday'),
    middle: '\\x02:\\n\\"\x02 \x02\\"\\t\x02'.replace('\\x02', '\x02'),
  },
  { name: 'words that come again', row: about('again again and again'), middle: '\x02 \x02 \x02 \x02' },
  { name: 'other letters than ASCII', row: about('Überdruck bei Förderband drei'), middle: 'Überdruck \x05\x02 \x03 \x02' },
])('what is kept of a text: $name', ({ row, middle }) => {
  const [stored] = abridged([row])
  expect(restored(stored ?? NONE, row)).toBe(row.source)
  const [, , kept] = Buffer.from(stored ?? [])
    .toString('utf8')
    .split('\x01')
  expect(kept ?? 'whole').toBe(middle)
})

test.each([
  { name: 'a word that ends with a backslash', message: 'PuMp\\ of LiNe\\ three stands still' },
  { name: 'a word with one inside', message: 'C:\\PlanT\\PumP three stands still since then' },
  { name: 'a word with a quote', message: 'PuM"P" of LiNe" three stands still' },
  { name: 'a word that ends with a line', message: 'PuMp\nof LiNe\tthree stands still' },
])('what an analyzer that splits at spaces alone leaves in words is read back: $name', ({ message }) => {
  const words = message.toLowerCase().split(/\s/)
  const tokens = encodeTokens([words.map((token, position) => ({ token, position }))], true).text
  const row = { ...about(message), tokens }
  const [stored] = abridged([row])
  expect(stored?.[0]).toBe(1)
  expect(restored(stored ?? NONE, row)).toBe(row.source)
})

test.each([
  { name: 'no such text', row: { source: '{"text":"pump pump pump pump"}', tokens: tokensOf('pump pump pump pump') } },
  { name: 'a text that is short', row: about('pump p1') },
  {
    name: 'tokens that are others than its words',
    row: { ...about('pumps standing still everywhere'), tokens: tokensOf('pump stand') },
  },
  { name: 'no tokens', row: { ...about('pumps stand still everywhere'), tokens: '' } },
  { name: 'a text of signs', row: about('=== ---- === ---- === ----') },
  {
    name: 'a number',
    row: { source: '{"message":123456789012345678901234567890}', tokens: tokensOf('123456789012345678901234567890') },
  },
])('whole stays $name', ({ row }) => {
  const [stored] = abridged([row])
  expect(Buffer.from(stored ?? []).toString('utf8')).toBe(row.source)
  expect(restored(stored ?? NONE, row)).toBe(row.source)
})

test('one source with a raw control character keeps all that come with it whole', () => {
  const rows = [about('the pump of line three stands still'), { source: '{"message":"a\x01b"}', tokens: tokensOf('a b') }]
  expect(abridged(rows).map((stored) => Buffer.from(stored).toString('utf8'))).toEqual(rows.map(({ source }) => source))
})

test('the text is found behind others of its name, with spaces before it, and across rows', () => {
  const text = 'the pump of line three stands still'
  const tokens = tokensOf(text)
  const rows = [
    { source: '{"a":1}', tokens: '' },
    { source: `{"error":{"message":"none"},"message" : "x","message":  "${text}"}`, tokens },
    { source: '{"message":null}', tokens: '' },
    { source: `{"message":"${text}"}`, tokens },
  ]
  const stored = abridged(rows)
  expect(stored.map((one) => one[0] === 1)).toEqual([false, true, false, true])
  expect(rows.map((row, i) => restored(stored[i] ?? NONE, row))).toEqual(rows.map(({ source }) => source))
})

test('whatever the texts and their tokens are, sources come back byte for byte', () => {
  const random = seededRandom('abridged')
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const pieces = [
    'the',
    'Pump',
    'PUMP',
    'pUMp',
    'pump',
    'p',
    'Über',
    'straße',
    '漢字',
    '😀',
    '3.5',
    "can't",
    'a_b',
    'message":"pump pump',
    ' ',
    '  ',
    ', ',
    '"',
    '\\',
    '\n',
    '\u0002',
    '\u001f',
    '-',
    '=',
    '\ud800',
    '\x7f',
  ]
  const analyzers = ['standard', 'simple', 'whitespace', 'stop', 'english', 'keyword']
  const rows = Array.from({ length: 400 }, (): Row => {
    const message = Array.from({ length: Math.floor(random() * 30) }, () => pick(pieces) + pick(['', ' '])).join('')
    const row = about(message, pick(analyzers))
    const other = random() < 0.2 ? about(pick(pieces)).tokens : row.tokens
    return { source: random() < 0.5 ? row.source : JSON.stringify(JSON.parse(row.source), null, 1), tokens: other }
  })
  const stored = abridged(rows)
  expect(rows.map((row, i) => restored(stored[i] ?? NONE, row))).toEqual(rows.map(({ source }) => source))
  expect(stored.filter((one) => one[0] === 1).length).toBeGreaterThan(100)
})
