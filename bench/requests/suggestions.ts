import type { JsonObject } from '../../src/core/json.ts'
import type { Random } from './random.ts'
import { keyword, sentence, word } from './words.ts'

/** Suggestions of terms, phrases and completions. */
export function suggestion(random: Random): JsonObject {
  return random.pick<() => JsonObject>([() => terms(random), () => phrases(random), () => completions(random)])()
}

/** A word with a letter more, less or another. */
function misspelled(random: Random): string {
  const text = Array.from(word(random).toLowerCase())
  const at = random.int(1, Math.max(1, text.length - 1))
  return [...text.slice(0, at), random.pick(['', 'x', 'e']), ...text.slice(at + 1)].join('')
}

function terms(random: Random): JsonObject {
  return {
    t: {
      text: random.chance(0.7) ? misspelled(random) : `${misspelled(random)} ${misspelled(random)}`,
      term: {
        field: random.pick(['title', 'user.bio']),
        ...random.options(0.4, {
          suggest_mode: random.pick(['always', 'missing', 'popular']),
          min_word_length: 3,
          prefix_length: random.int(0, 2),
          max_edits: random.int(1, 2),
          sort: random.pick(['score', 'frequency']),
          size: random.int(1, 4),
        }),
      },
    },
  }
}

function phrases(random: Random): JsonObject {
  return {
    p: {
      text: `${misspelled(random)} ${word(random).toLowerCase()}${random.chance(0.5) ? ` ${misspelled(random)}` : ''}`,
      phrase: {
        field: random.pick(['title', 'user.bio']),
        direct_generator: [{ field: 'title', suggest_mode: 'always', min_word_length: 3 }],
        ...random.options(0.3, {
          size: random.int(1, 3),
          confidence: random.pick([0, 0.5, 1]),
          max_errors: random.pick([0.5, 1, 2]),
          highlight: { pre_tag: '<em>', post_tag: '</em>' },
          real_word_error_likelihood: 0.9,
        }),
      },
    },
  }
}

function completions(random: Random): JsonObject {
  const letters = Array.from(random.chance(0.6) ? keyword(random) : sentence(random, 1, 2))
  const prefix = letters.slice(0, random.int(1, 4)).join('')
  return {
    c: {
      prefix,
      completion: {
        field: 'complete',
        size: 50,
        ...random.options(0.3, { skip_duplicates: true, fuzzy: { fuzziness: 1, min_length: 2 } }),
      },
    },
  }
}
