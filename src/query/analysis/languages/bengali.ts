import { dropSuffix, suffixGroups } from './suffixes.ts'

/**
 * Letters that sound alike become one: after UzZaman and Khan, *A double metaphone encoding for Bangla* (2005). The
 * conjuncts with ya and ba keep what is heard.
 */
export function normalizeBengali(word: string): string {
  return word
    .replaceAll('\u0981', '')
    .replaceAll('\u09c0', '\u09bf')
    .replaceAll('\u09c2', '\u09c1')
    .replace(/^\u0995\u09cd\u09bf/, '\u0996')
    .replaceAll('\u0995\u09cd\u09bf', '\u0995\u0996')
    .replaceAll('\u0999', '\u0982')
    .replace(/^(.)\u09cd\u09af\u09be?/u, '$1\u09c7')
    .replaceAll('\u09cd\u09af', '')
    .replace(/^(.)\u09cd\u09ac/u, '$1')
    .replace(/(\u09cd..)\u09cd\u09ac/gu, '$1')
    .replace(/(.)\u09cd\u09ac/gu, '$1$1')
    .replace(/^(.{0,2})\u0983$/u, '$1\u09b9')
    .replace(/\u0983$/, '')
    .replace(/\u0983(.)/gu, '$1$1')
    .replace(/[\u09b6\u09b7]/g, '\u09b8')
    .replaceAll('\u09a3', '\u09a8')
    .replace(/[\u09dc\u09dd]/g, '\u09b0')
    .replaceAll('\u09ce', '\u09a4')
}

/** Endings of verbs and nouns: Sengupta and Chaudhuri's report on Bengali verb phrases, and Savoy's light stemmer. */
const ENDINGS = suffixGroups(`
  9 8 িয়াছিলাম িতেছিলাম িতেছিলেন ইতেছিলেন িয়াছিলেন ইয়াছিলেন
  8 7 িতেছিলি িতেছিলে িয়াছিলা িয়াছিলে িতেছিলা িয়াছিলি য়েদেরকে
  7 6 িতেছিস িতেছেন িয়াছিস িয়াছেন েছিলাম েছিলেন েদেরকে
  6 5 িতেছি িতেছা িতেছে ছিলাম ছিলেন িয়াছি িয়াছা িয়াছে েছিলে েছিলা য়েদের দেরকে
  5 4 িলাম িলেন িতাম িতেন িবেন ছিলি ছিলে ছিলা তেছে িতেছ খানা খানি গুলো গুলি য়েরা েদের
  4 3 লাম িলি ইলি িলে ইলে লেন িলা ইলা তাম িতি ইতি িতে ইতে তেন িতা িবা ইবা িবি ইবি বেন িবে ইবে ছেন য়োন য়ের েরা দের
  3 2 িস েন লি লে লা তি তে তা বি বে বা ছি ছা ছে ুন ুক টা টি নি ের রা কে
  2 1 ি ী া ো ে ব ত`)

export const stemBengali = (word: string): string => dropSuffix(word, ENDINGS)
