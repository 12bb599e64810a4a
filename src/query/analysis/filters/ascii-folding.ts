/** Letters that Unicode does not decompose, and what ASCII writes for them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ĸ: 'q',
  ŋ: 'n',
  Ŋ: 'N',
  ŧ: 't',
  Ŧ: 'T',
  ƀ: 'b',
  Ɓ: 'B',
  ƃ: 'b',
  Ƈ: 'C',
  ƈ: 'c',
  Ɖ: 'D',
  Ɗ: 'D',
  ƌ: 'd',
  Ǝ: 'E',
  ǝ: 'e',
  Ə: 'A',
  ə: 'a',
  Ɛ: 'E',
  ɛ: 'e',
  Ƒ: 'F',
  ƒ: 'f',
  Ɠ: 'G',
  Ɨ: 'I',
  ɨ: 'i',
  Ƙ: 'K',
  ƙ: 'k',
  ƚ: 'l',
  Ɲ: 'N',
  ɲ: 'n',
  Ɵ: 'O',
  ɵ: 'o',
  Ɔ: 'O',
  ɔ: 'o',
  Ƥ: 'P',
  ƥ: 'p',
  Ƭ: 'T',
  ƭ: 't',
  Ʈ: 'T',
  Ʉ: 'U',
  ʉ: 'u',
  Ʋ: 'V',
  ʋ: 'v',
  Ƴ: 'Y',
  ƴ: 'y',
  Ƶ: 'Z',
  ƶ: 'z',
  ȷ: 'j',
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '‵': "'",
  '‹': "'",
  '›': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '⁄': '/',
  '⁎': '*',
  '⁓': '~',
  '❛': "'",
  '❜': "'",
  '❝': '"',
  '❞': '"',
  '⸨': '((',
  '⸩': '))',
}

/** What ASCII writes for a text; characters that have nothing like it stay. */
export function foldToAscii(text: string): string {
  // eslint-disable-next-line no-control-regex -- the range of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text
  let result = ''
  // eslint-disable-next-line no-control-regex -- the range of ASCII
  for (const char of text) result += /[\x00-\x7f]/.test(char) ? char : foldChar(char)
  return result
}

function foldChar(char: string): string {
  const letter = LETTERS[char]
  if (letter !== undefined) return letter
  // Marks alone are no letters that could lose something.
  if (/\p{M}/u.test(char)) return char
  const plain = char
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\0-\x7f]/gu, (other) => LETTERS[other] ?? other)
  // A fraction is no letter: its slash would be.
  if (/\p{No}/u.test(char) && plain.includes('/')) return char
  return plain !== '' && /^[!-~]+$/.test(plain) ? plain : char
}
