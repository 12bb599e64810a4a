const FOLDED: Readonly<Record<string, string>> = {
  å: 'a',
  ä: 'a',
  æ: 'a',
  ö: 'o',
  ø: 'o',
  Å: 'A',
  Ä: 'A',
  Æ: 'A',
  Ö: 'O',
  Ø: 'O',
}

/** All ways to write å, ä and ö become a and o. */
export function scandinavianFolding(term: string): string {
  return term
    .replace(/a[aäæåo]|ae/gi, (pair) => (pair.startsWith('A') ? 'A' : 'a'))
    .replace(/o[eoöø]/gi, (pair) => (pair.startsWith('O') ? 'O' : 'o'))
    .replace(/[åäæöøÅÄÆÖØ]/g, (char) => FOLDED[char] ?? char)
}

const NORMALIZED: Readonly<Record<string, string>> = { ä: 'æ', Ä: 'Æ', ö: 'ø', Ö: 'Ø' }

/** The Swedish letters and the pairs of ASCII become the Danish and Norwegian ones. */
export function scandinavianNormalization(term: string): string {
  return term
    .replace(/a([aeo])|o([eo])/gi, (pair) => {
      const big = pair.startsWith('A') || pair.startsWith('O')
      const letter = /^o/i.test(pair) ? 'ø' : /e$/i.test(pair) ? 'æ' : 'å'
      return big ? letter.toUpperCase() : letter
    })
    .replace(/[äÄöÖ]/g, (char) => NORMALIZED[char] ?? char)
}

const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  'а:a б:b в:v г:g д:d ђ:dj е:e ж:z з:z и:i ј:j к:k л:l љ:lj м:m н:n њ:nj о:o п:p р:r с:s т:t ћ:c у:u ф:f х:h ц:c ч:c џ:dz ш:s ž:z š:s đ:dj č:c ć:c'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
)

/** Serbian in Cyrillic or Latin letters becomes Latin letters without accents. */
export const serbianNormalization = (term: string): string =>
  term.replace(/[\u0430-\u045f\u017e\u0161\u0111\u010d\u0107]/g, (char) => CYRILLIC[char] ?? char)
