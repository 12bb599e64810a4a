/** Alef with madda or hamza → alef, dotless yeh → yeh, teh marbuta → heh; no tatweel, no vowel marks. */
export function normalizeArabic(word: string): string {
  return word
    .replace(/[\u0622\u0623\u0625]/g, '\u0627')
    .replaceAll('\u0649', '\u064a')
    .replaceAll('\u0629', '\u0647')
    .replace(/\u0640|[\u064b-\u0652]/g, '')
}

const PREFIXES = ['ال', 'وال', 'بال', 'كال', 'فال', 'لل', 'و']
const SUFFIXES = ['ها', 'ان', 'ات', 'ون', 'ين', 'يه', 'ية', 'ه', 'ة', 'ي']

/** Light10 of Larkey, Ballesteros and Connell (2007): one prefix, then every suffix of the list in its order. */
export function stemArabic(word: string): string {
  const prefix = PREFIXES.find((one) => word.startsWith(one) && word.length >= (one.length === 1 ? 4 : one.length + 2))
  let stem = word.slice(prefix?.length ?? 0)
  for (const suffix of SUFFIXES) {
    if (stem.length >= suffix.length + 2 && stem.endsWith(suffix)) stem = stem.slice(0, -suffix.length)
  }
  return stem
}

/** Persian letters in their Arabic forms: yeh, keheh, heh with yeh or goal; no hamza above. */
export function normalizePersian(word: string): string {
  return word
    .replace(/[\u06cc\u06d2]/g, '\u064a')
    .replaceAll('\u06a9', '\u0643')
    .replace(/[\u06c0\u06c1]/g, '\u0647')
    .replaceAll('\u0654', '')
}
