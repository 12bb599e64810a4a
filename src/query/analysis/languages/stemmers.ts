import { porterStem } from '../filters/porter.ts'
import { porter2Stem } from '../filters/porter2.ts'
import { stemArabic } from './arabic.ts'
import { stemBengali } from './bengali.ts'
import { stemGermanLight, stemGermanMinimal, stemSwedishLight } from './germanic.ts'
import { stemHindi } from './hindi.ts'
import { stemIndonesian } from './indonesian.ts'
import { stemLatvian } from './latvian.ts'
import { stemFrenchLight, stemFrenchMinimal, stemItalianLight, stemPortugueseLight, stemSpanishLight } from './romance.ts'
import { stemBulgarian, stemCzech, stemRussianLight } from './slavic.ts'
import { snowballStemmer, SNOWBALL_LANGUAGES, stemBrazilian } from './snowball.ts'
import { stemSorani } from './sorani.ts'

/** Stemmers by the names that the `stemmer` filter knows as `language`. */
export const STEMMERS: Readonly<Record<string, (term: string) => string>> = {
  ...Object.fromEntries(SNOWBALL_LANGUAGES.map((name) => [name, (term: string) => snowballStemmer(name)(term)])),
  arabic: stemArabic,
  bengali: stemBengali,
  brazilian: stemBrazilian,
  bulgarian: stemBulgarian,
  czech: stemCzech,
  english: porterStem,
  // Galician has no algorithm of its own here: its nearest relative's.
  galician: (term) => snowballStemmer('portuguese')(term),
  german2: (term) => snowballStemmer('german')(term.replace(/([ao])e/g, '$1').replace(/(?<!q)ue/g, 'u')),
  greek: (term) => (term.length < 4 ? term : snowballStemmer('greek')(term)),
  hindi: stemHindi,
  indonesian: stemIndonesian,
  latvian: stemLatvian,
  light_french: stemFrenchLight,
  light_german: stemGermanLight,
  light_italian: stemItalianLight,
  light_portuguese: stemPortugueseLight,
  light_russian: stemRussianLight,
  light_spanish: stemSpanishLight,
  light_swedish: stemSwedishLight,
  minimal_english: minimalEnglish,
  minimal_french: stemFrenchMinimal,
  minimal_german: stemGermanMinimal,
  porter: porterStem,
  porter2: porter2Stem,
  possessive_english: (term) => term.replace(/['’＇][sS]$/, ''),
  sorani: stemSorani,
}

/** Harman's s-stemmer. */
function minimalEnglish(term: string): string {
  if (term.length < 3 || !term.endsWith('s') || /(?:us|ss)$/.test(term)) return term
  if (term.endsWith('es')) {
    if (term.endsWith('ies') && !/[ae]ies$/.test(term) && term.length > 3) return `${term.slice(0, -3)}y`
    if (/(?:ies|aes|oes|ees)$/.test(term)) return term
  }
  return term.slice(0, -1)
}
