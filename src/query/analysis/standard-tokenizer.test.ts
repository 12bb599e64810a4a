import { expect, test } from 'vitest'
import { standardAsciiSpans, standardTokens } from './standard-tokenizer.ts'
import { TokenSpans } from './token.ts'

/** Texts and tokens with types, as OpenSearch 2.19 answers. */
test.each([
  ['foo:bar a.b 1.5 1,5 a,b 1:2', 'foo:bar/ALPHANUM a.b/ALPHANUM 1.5/NUM 1,5/NUM a/ALPHANUM b/ALPHANUM 1/NUM 2/NUM'],
  ["it's '' o'neil's 'x' a_b _ __a_ 1_a", "it's/ALPHANUM o'neil's/ALPHANUM x/ALPHANUM a_b/ALPHANUM __a_/ALPHANUM 1_a/ALPHANUM"],
  [
    '3.x x.3 a.1.b 10.0.0.1 a-b a@b.c',
    '3/NUM x/ALPHANUM x/ALPHANUM 3/NUM a/ALPHANUM 1/NUM b/ALPHANUM 10.0.0.1/NUM a/ALPHANUM b/ALPHANUM a/ALPHANUM b.c/ALPHANUM',
  ],
  ['2024-01-02T03:04:05.678Z', '2024/NUM 01/NUM 02T03/ALPHANUM 04/NUM 05.678Z/ALPHANUM'],
  [
    '日本語 テスト カタカナABC ひら',
    '日/IDEOGRAPHIC 本/IDEOGRAPHIC 語/IDEOGRAPHIC テスト/KATAKANA カタカナ/KATAKANA ABC/ALPHANUM ひ/HIRAGANA ら/HIRAGANA',
  ],
  ['한국어abc 한글 ไทยภาษา', '한국어abc/ALPHANUM 한글/HANGUL ไทยภาษา/SOUTHEAST_ASIAN'],
  [
    '😀 👩‍👩‍👧 🇩🇪🇫🇷 #️⃣ 1️⃣ ☺ ™ 👍🏽 a😀b',
    '😀/EMOJI 👩‍👩‍👧/EMOJI 🇩🇪/EMOJI 🇫🇷/EMOJI #️⃣/EMOJI 1️⃣/EMOJI ☺/EMOJI ™/EMOJI 👍🏽/EMOJI a/ALPHANUM 😀/EMOJI b/ALPHANUM',
  ],
  ['ש"ס ש\'', 'ש"ס/ALPHANUM ש\'/ALPHANUM'],
  [
    'e\u0301te\u0301 a\u00adb a\u200bb ½ ² Ⅷ ① १२३',
    'e\u0301te\u0301/ALPHANUM a\u00adb/ALPHANUM a/ALPHANUM b/ALPHANUM Ⅷ/ALPHANUM १२३/NUM',
  ],
  ['a·b a’b 1;2 1’2 𝒳𝒴 𠮷野', 'a·b/ALPHANUM a’b/ALPHANUM 1;2/NUM 1’2/NUM 𝒳𝒴/ALPHANUM 𠮷/IDEOGRAPHIC 野/IDEOGRAPHIC'],
  ['', ''],
])('%s', (text, want) => {
  const tokens = standardTokens(text)
  expect(tokens.map((token) => `${token.term}/${token.type.slice(1, -1)}`).join(' ')).toBe(want)
  for (const [at, token] of tokens.entries()) {
    expect(token.position).toBe(at)
    expect(text.slice(token.start, token.end)).toBe(token.term)
  }
})

test('long tokens are cut', () => {
  expect(standardTokens('x'.repeat(300)).map((token) => token.term.length)).toEqual([255, 45])
  expect(standardTokens('abcdef gh', 4).map((token) => token.term)).toEqual(['abcd', 'ef', 'gh'])
})

test('the quick way finds the same tokens in every ASCII text', () => {
  const spans = new TokenSpans()
  const alphabet = `aZ09__..::'',;"-/ @\t\n~`
  let seed = 42
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  for (let round = 0; round < 3000; round++) {
    let text = ''
    for (let size = random(40); size > 0; size--) text += alphabet[random(alphabet.length)]
    if (round % 100 === 0) text += 'x1'.repeat(300)
    expect(standardAsciiSpans(text, spans)).toBe(true)
    const quick = Array.from({ length: spans.count }, (_, at) => [spans.starts[at], spans.ends[at]])
    expect({ text, tokens: quick }).toEqual({ text, tokens: standardTokens(text).map((token) => [token.start, token.end]) })
  }
})

test('the quick way leaves other texts alone', () => {
  expect(standardAsciiSpans('abc é', new TokenSpans())).toBe(false)
})
