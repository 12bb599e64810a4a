import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

/** Letters that are more than one with a mark. */
const LIKE: Readonly<Record<string, string>> = {
  ß: 'ss',
  Æ: 'AE',
  æ: 'ae',
  Ø: 'O',
  ø: 'o',
  Œ: 'OE',
  œ: 'oe',
  Đ: 'D',
  đ: 'd',
  Ð: 'D',
  ð: 'd',
  Ł: 'L',
  ł: 'l',
  Þ: 'Th',
  þ: 'th',
  ı: 'i',
}

export const i18n = defineFilter({
  name: 'i18n',
  summary: 'Writes letters with marks as plain ones, and what ASCII does not have as `?`.',
  config: z.strictObject({
    transliterate: list().default([]).describe('Fields to write so.'),
  }),
  examples: [
    {
      title: 'A name',
      config: { transliterate: ['name', 'all'] },
      in: { name: 'Łódź Straße 東', all: ['é', 'ü'] },
      out: { name: 'Lodz Strasse ?', all: ['e', 'u'] },
    },
  ],
  create({ transliterate }) {
    const paths = transliterate.map(fieldPath)
    return {
      process(event) {
        for (const path of paths) {
          const value = path.get(event)
          if (typeof value === 'string') path.set(event, plainLetters(value))
          else if (Array.isArray(value))
            path.set(
              event,
              value.map((one) => (typeof one === 'string' ? plainLetters(one) : one)),
            )
        }
        return 'matched'
      },
    }
  },
})

function plainLetters(text: string): string {
  return text
    .replaceAll(/[^\0-\x7F]/gu, (letter) => LIKE[letter] ?? letter.normalize('NFD').replaceAll(/\p{M}/gu, ''))
    .replaceAll(/[^\0-\x7F]/gu, '?')
}
